import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { gzipMembers } from '../../../src/archive/gzip/compress.js'
import { gunzipStored } from '../../../src/archive/gzip/gunzip.js'
import { collect, failureIn, flipped, seeded, streamed } from './feeding.js'

const random = seeded(3)
const raw = Buffer.from(Array.from({ length: 700 }, () => random() * 256))

async function stored(): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const { bytes } of gzipMembers(streamed([raw]), { level: 0, blockBytes: 300 }))
    parts.push(bytes)
  return Buffer.concat(parts)
}

const read = (bytes: Uint8Array) => collect(gunzipStored(streamed([bytes])))

test('a stored file that is cut anywhere but between members is cut short', async () => {
  const file = await stored()
  const ends = [0, 1, 2, 3].map((members) => members * (10 + 5 + 300 + 8))
  for (let length = 1; length < file.length; length++) {
    if (ends.includes(length)) continue
    const failure = await failureIn(read(file.subarray(0, length)))
    expect(failure).toMatchObject({ kind: 'integrity', code: 'GZIP_TRUNCATED' })
  }
})

test('a stored file with any bit of it flipped never passes, but for time and effort of its first header', async () => {
  const file = await stored()
  for (let bit = 0; bit < file.length * 8; bit++) {
    const byte = Math.floor(bit / 8)
    // Nothing depends on them, and nothing but the hash of the file protects them.
    if (byte >= 3 && byte < 10) continue
    expect((await failureIn(read(flipped(file, bit)))).kind).toBe('integrity')
  }
})

test('what is compressed is not taken for what was stored', async () => {
  const failure = await failureIn(read(gzipSync(Buffer.alloc(5000))))
  expect(failure).toMatchObject({ code: 'GZIP_CORRUPT', facts: { byte: 10 } })
})

test('what is stored comes as the memory of what was read', async () => {
  const file = await stored()
  for await (const part of gunzipStored(streamed([file]))) expect(part.buffer).toBe(file.buffer)
})
