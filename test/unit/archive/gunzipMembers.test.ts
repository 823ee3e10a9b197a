import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { gzipMembers } from '../../../src/archive/gzip/compress.js'
import { gunzip } from '../../../src/archive/gzip/gunzip.js'
import { gunzipMembers, type KnownMember } from '../../../src/archive/gzip/gunzipMembers.js'
import { collect, failureIn, flipped, randomly, seeded, streamed } from './feeding.js'

/** Content that neither vanishes nor stays when compressed. */
function content(length: number): Buffer {
  const random = seeded(length)
  return Buffer.from(Array.from({ length }, (_, i) => (i % 3 === 0 ? random() * 256 : i >> 8)))
}

interface File {
  readonly bytes: Buffer
  readonly members: readonly KnownMember[]
}

async function fileOf(raw: Buffer, blockBytes = 2_000): Promise<File> {
  const members: KnownMember[] = []
  const parts: Buffer[] = []
  for await (const { bytes, rawBytes } of gzipMembers(streamed([raw]), { blockBytes })) {
    members.push({ bytes: bytes.length, rawBytes })
    parts.push(bytes)
  }
  return { bytes: Buffer.concat(parts), members }
}

const read = ({ bytes, members }: File, parts: Iterable<Uint8Array> = [bytes]) =>
  collect(gunzipMembers(streamed(parts), members))

const raw = content(20_500)

describe('a file whose members are known', () => {
  test.each([0, 1, 1_999, 2_000, 20_500])('of %i bytes is read in order', async (length) => {
    const file = await fileOf(content(length))
    for (const longest of [1, 100, 50_000]) {
      const parts = randomly(file.bytes, seeded(longest), longest)
      expect((await read(file, parts)).equals(content(length))).toBe(true)
    }
  })

  test('is read no faster than its content is taken', async () => {
    const { bytes, members } = await fileOf(content(200_000))
    let given = 0
    async function* source() {
      for (let at = 0; at < bytes.length; at += 500) {
        given += 500
        yield await Promise.resolve(bytes.subarray(at, at + 500))
      }
    }
    const reading = gunzipMembers(source(), members)
    await reading.next()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(given).toBeLessThan(bytes.length / 10)
    await reading.return()
  })

  test('lets go of its source when nobody reads on', async () => {
    const { bytes, members } = await fileOf(raw)
    let closed = false
    async function* source() {
      try {
        for (;;) yield await Promise.resolve(bytes)
      } finally {
        closed = true
      }
    }
    for await (const part of gunzipMembers(source(), members)) if (part.length > 0) break
    expect(closed).toBe(true)
  })

  test('that are too large, or none, is read one by one', async () => {
    const bytes = gzipSync(raw)
    for (const members of [[], [{ bytes: bytes.length, rawBytes: 2 ** 40 }]])
      expect((await read({ bytes, members })).equals(raw)).toBe(true)
  })
})

describe('damage to a file whose members are known', () => {
  test('is found wherever a bit is flipped, unless the bit means nothing', async () => {
    const file = await fileOf(raw)
    let meaningless = 0
    for (let bit = 0; bit < file.bytes.length * 8; bit += 307) {
      const bytes = flipped(file.bytes, bit)
      const found = await read({ ...file, bytes }).catch((error: unknown) => error)
      if (Buffer.isBuffer(found)) {
        // Deflated data is filled up to a whole byte.
        expect(found.equals(raw)).toBe(true)
        meaningless++
      } else expect(found, `bit ${bit.toString()}`).toMatchObject({ kind: 'integrity' })
    }
    expect(meaningless).toBeLessThan(5)
  })

  test('is found wherever the file ends, and named as the serial reader names it', async () => {
    const file = await fileOf(raw)
    const starts = new Set([0])
    for (const { bytes } of file.members) starts.add(Math.max(...starts) + bytes)
    for (let length = 0; length < file.bytes.length; length += 137) {
      const bytes = file.bytes.subarray(0, length)
      const found = await failureIn(read({ ...file, bytes }))
      // Between two members the serial reader has no way to know that more should follow.
      if (starts.has(length)) continue
      const serial = await failureIn(collect(gunzip(streamed([bytes]))))
      expect([found.code, found.facts], `length ${length.toString()}`).toEqual([
        serial.code,
        serial.facts,
      ])
    }
  })

  test.each([
    [
      'an end between two members',
      (file: File) => file.bytes.subarray(0, file.members[0]?.bytes),
      'GZIP_TRUNCATED',
    ],
    ['no bytes at all', () => Buffer.alloc(0), 'GZIP_EMPTY'],
    [
      'bytes behind the end',
      (file: File) => Buffer.concat([file.bytes, Buffer.from('x')]),
      'GZIP_TRAILING_GARBAGE',
    ],
    [
      'a member too many',
      (file: File) => Buffer.concat([file.bytes, gzipSync('x')]),
      'GZIP_TRAILING_GARBAGE',
    ],
  ])('such as %s is told', async (_, change, code) => {
    const file = await fileOf(raw)
    expect(await failureIn(read({ ...file, bytes: change(file) }))).toMatchObject({ code })
  })

  test.each<[string, (member: KnownMember) => KnownMember]>([
    ['a byte longer', ({ bytes, rawBytes }) => ({ bytes: bytes + 1, rawBytes })],
    ['a byte shorter', ({ bytes, rawBytes }) => ({ bytes: bytes - 1, rawBytes })],
    ['of more content', ({ bytes, rawBytes }) => ({ bytes, rawBytes: rawBytes + 1 })],
    ['of less content', ({ bytes, rawBytes }) => ({ bytes, rawBytes: rawBytes - 1 })],
    ['empty', ({ bytes }) => ({ bytes, rawBytes: 0 })],
  ])('is a member recorded as %s', async (_, change) => {
    const file = await fileOf(raw)
    const members = file.members.map((member, at) => (at === 3 ? change(member) : member))
    const found = await failureIn(read({ ...file, members }))
    expect(found.code).toMatch(/^GZIP_/)
  })

  test('is a member of another writer', async () => {
    const file = await fileOf(raw)
    const other = gzipSync(content(500))
    const bytes = Buffer.concat([file.bytes, other])
    const members = [...file.members, { bytes: other.length, rawBytes: 500 }]
    expect(gunzipSync(bytes).length).toBe(raw.length + 500)
    expect(await failureIn(read({ bytes, members }))).toMatchObject({ code: 'GZIP_CORRUPT' })
  })
})
