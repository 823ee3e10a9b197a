import { gzipSync, gunzipSync, deflateRawSync, crc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { gzipMembers } from '../../../src/archive/gzip/compress.js'
import { gunzip } from '../../../src/archive/gzip/gunzip.js'
import { collect, failureIn, fixture, flipped, randomly, seeded, streamed } from './feeding.js'

const gunzipped = (...parts: Uint8Array[]) => collect(gunzip(streamed(parts)))

/** Content that neither vanishes nor stays when compressed. */
function content(length: number): Buffer {
  const random = seeded(length)
  return Buffer.from(Array.from({ length }, (_, i) => (i % 3 === 0 ? random() * 256 : i >> 8)))
}

/** A member with every optional field of a header. */
function decorated(raw: Buffer, change: (header: Buffer) => Buffer = (header) => header): Buffer {
  const fixed = Buffer.from([0x1f, 0x8b, 8, 0x1e, 1, 2, 3, 4, 0, 3])
  const extra = Buffer.concat([Buffer.from([5, 0]), Buffer.from('extra')])
  const header = Buffer.concat([fixed, extra, Buffer.from('name\0'), Buffer.from('comment\0')])
  const checksum = Buffer.alloc(2)
  checksum.writeUInt16LE(crc32(header) & 0xffff)
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(crc32(raw))
  trailer.writeUInt32LE(raw.length, 4)
  return Buffer.concat([change(Buffer.concat([header, checksum])), deflateRawSync(raw), trailer])
}

describe('a gzip file', () => {
  test('made by mongodump is read', async () => {
    const file = fixture('plain.archive.gz')
    expect((await gunzipped(file)).equals(gunzipSync(file))).toBe(true)
  })

  test.each([0, 1, 1000, 1_200_000])('of %i bytes of content is read', async (length) => {
    const raw = content(length)
    expect((await gunzipped(gzipSync(raw))).equals(raw)).toBe(true)
  })

  test('of several members, cut anywhere, gives their contents one after another', async () => {
    const parts = [content(5000), content(0), content(1), content(9000)]
    const file = Buffer.concat(parts.map((part) => gzipSync(part)))
    const expected = Buffer.concat(parts)
    for (const longest of [1, 10, 1000, 20_000]) {
      const chunks = randomly(file, seeded(longest), longest)
      expect((await collect(gunzip(streamed(chunks)))).equals(expected)).toBe(true)
    }
  })

  test('may have a name, a comment and more in its header', async () => {
    const raw = content(2000)
    const file = decorated(raw)
    for (const longest of [1, 5, 5000]) {
      const chunks = randomly(file, seeded(longest), longest)
      expect((await collect(gunzip(streamed(chunks)))).equals(raw)).toBe(true)
    }
  })

  test('is read no faster than its content is taken', async () => {
    const members = Array.from({ length: 50 }, () => gzipSync(Buffer.alloc(1_000_000)))
    let given = 0
    async function* source() {
      for (const member of members) {
        await Promise.resolve()
        given++
        yield member
      }
    }
    const content = gunzip(source())
    await content.next()
    expect(given).toBeLessThan(5)
    await content.return()
  })

  test('passes on what goes wrong in its source', async () => {
    async function* source() {
      yield fixture('plain.archive.gz').subarray(0, 100)
      await Promise.resolve()
      throw new Error('the disk is gone')
    }
    await expect(collect(gunzip(source()))).rejects.toThrow('the disk is gone')
  })
})

test('members of several writers and levels are one file, as for gunzip', async () => {
  const [one, other] = [content(3000), content(2000)]
  const bytes = Buffer.concat([gzipSync(one, { level: 9 }), gzipSync(other, { level: 1 })])
  expect(await gunzipped(bytes)).toEqual(Buffer.concat([one, other]))
})

describe('a damaged gzip file', () => {
  const file = fixture('plain.archive.gz')
  const multi = Buffer.concat([content(3000), content(2000)].map((part) => gzipSync(part)))

  test('cut anywhere never passes', async () => {
    for (let length = 0; length < file.length; length += length < 40 ? 1 : 41) {
      const failure = await failureIn(gunzipped(file.subarray(0, length)))
      expect(failure.code).toBe(length === 0 ? 'GZIP_EMPTY' : 'GZIP_TRUNCATED')
      expect(failure.facts['byte']).toBe(length)
    }
  })

  test('cut anywhere but between members never passes', async () => {
    const between = gzipSync(content(3000)).length
    for (let length = 1; length < multi.length; length += 11) {
      if (length === between) continue
      const failure = await failureIn(gunzipped(multi.subarray(0, length)))
      expect(failure.code).toBe('GZIP_TRUNCATED')
    }
  })

  test('of ours, with any bit of the header of a later member flipped, never passes', async () => {
    const members: Buffer[] = []
    for await (const { bytes } of gzipMembers(streamed([content(5000)]), { blockBytes: 3000 })) {
      members.push(bytes)
    }
    const ours = Buffer.concat(members)
    const start = members[0]?.length ?? 0
    for (let bit = start * 8; bit < (start + 10) * 8; bit++) {
      const failure = await failureIn(gunzipped(flipped(ours, bit)))
      expect(failure.kind).toBe('integrity')
    }
  })

  test('of others, with any bit of the header of a later member flipped, gives no other content', async () => {
    const start = gzipSync(content(3000)).length
    const sound = Buffer.concat([content(3000), content(2000)])
    let passed = 0
    for (let bit = start * 8; bit < (start + 10) * 8; bit++) {
      const outcome = await gunzipped(flipped(multi, bit)).catch((error: unknown) => error)
      if (!(outcome instanceof Buffer)) continue
      passed++
      expect(outcome.equals(sound)).toBe(true)
    }
    // Time, effort and system: six bytes that nobody reads.
    expect(passed).toBe(48)
  })

  test('with any of 500 bits behind its first header flipped gives no other content', async () => {
    const random = seeded(11)
    const sound = gunzipSync(file)
    let passed = 0
    for (let i = 0; i < 500; i++) {
      const bit = 80 + Math.floor(random() * (file.length * 8 - 80))
      const outcome = await gunzipped(flipped(file, bit)).catch((error: unknown) => error)
      if (!(outcome instanceof Buffer)) continue
      // Bits that pad the last byte of the compressed data mean nothing.
      passed++
      expect(outcome.equals(sound)).toBe(true)
    }
    expect(passed).toBeLessThan(3)
  })

  test.each([
    ['zeros, as tapes pad', Buffer.alloc(512)],
    ['one byte', Buffer.from('x')],
    ['the start of another file', Buffer.from('PK\x03\x04')],
  ])('with %s behind its end is refused, where Node would not mind', async (_, garbage) => {
    const failure = await failureIn(gunzipped(file, garbage))
    expect(failure.code).toBe('GZIP_TRAILING_GARBAGE')
    expect(failure.facts['byte']).toBe(file.length)
  })

  test('with half a header behind its end is cut short', async () => {
    const failure = await failureIn(gunzipped(file, file.subarray(0, 4)))
    expect(failure.code).toBe('GZIP_TRUNCATED')
  })

  test.each<[string, Buffer, number]>([
    ['what is no gzip file', Buffer.from('6de29981', 'hex'), 0],
    [
      'an unknown method',
      Buffer.concat([file.subarray(0, 2), Buffer.from([7]), file.subarray(3)]),
      2,
    ],
    ['a reserved flag', flipped(file, 3 * 8 + 5), 3],
    ['the flag for text', flipped(file, 3 * 8), 3],
    ['a wrong checksum of the content', flipped(file, (file.length - 8) * 8), file.length - 8],
    ['a wrong length of the content', flipped(file, (file.length - 4) * 8), file.length - 4],
    ['a wrong checksum of the header', decorated(content(10), (header) => flipped(header, 40)), 0],
  ])('with %s is refused', async (_, bytes, byte) => {
    const failure = await failureIn(gunzipped(bytes))
    expect(failure.code).toBe('GZIP_CORRUPT')
    expect(failure.facts['byte']).toBe(byte)
  })

  test('with a name that never ends is refused before it fills the memory', async () => {
    const header = Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3])
    async function* source() {
      yield header
      for (;;) {
        await Promise.resolve()
        yield Buffer.alloc(10_000, 'x')
      }
    }
    const failure = await failureIn(collect(gunzip(source())))
    expect(failure.message).toContain('a name without an end')
  })
})
