import { Long, serialize } from 'bson'
import { describe, expect, test } from 'vitest'
import { ArchiveReader } from '../../../src/archive/reader.js'
import {
  archive,
  blockHeader,
  closing,
  crcOf,
  body,
  prelude,
  segment,
  versions,
} from './archiveBuilder.js'
import { failureOf, fixture, flipped, read, seeded } from './feeding.js'

const terminator = Buffer.from('ffffffff', 'hex')
const one = { db: 'a', collection: 'one', documents: [{ _id: 1 }, { _id: 2 }] }
const two = { db: 'a', collection: 'two', documents: [{ _id: 3 }] }

describe('a damaged archive', () => {
  test.each([
    ['plain.archive', 1],
    ['oplog.archive', 31],
  ])('%s, cut at every %i bytes, never passes', (name, step) => {
    const bytes = fixture(name)
    const reader = new ArchiveReader()
    for (let length = 0; length < bytes.length; length += step) {
      const failure = failureOf(() => reader.end())
      expect(failure.code).toBe(length === 0 ? 'ARCHIVE_EMPTY' : 'ARCHIVE_TRUNCATED')
      expect(failure.facts['byte']).toBe(length)
      reader.feed(bytes.subarray(length, length + step))
    }
    expect(reader.end().rawBytes).toBe(bytes.length)
  })

  test.each(['plain.archive', 'oplog.archive'])(
    '%s, with any of 500 bits flipped behind the prelude, never passes',
    (name) => {
      const bytes = fixture(name)
      const start = endOfPrelude(bytes) * 8
      const random = seeded(2026)
      for (let i = 0; i < 500; i++) {
        const bit = start + Math.floor(random() * (bytes.length * 8 - start))
        const failure = failureOf(() => read(flipped(bytes, bit)))
        expect(failure.kind).toBe('integrity')
      }
    },
  )

  test('says that a cut one ended before its namespaces did', () => {
    const bytes = Buffer.concat([prelude([one, two]), segment(one), closing(one)])
    const failure = failureOf(() => read(bytes))
    expect(failure.message).toBe(
      `the archive ends before a.two is complete (byte ${bytes.length} of the uncompressed archive)`,
    )
  })

  test('names five of many namespaces that are missing', () => {
    const many = Array.from({ length: 9 }, (_, i) => ({ db: 'a', collection: `c${i}` }))
    expect(failureOf(() => read(prelude(many))).message).toContain('a.c4 and 4 more is complete')
  })

  test('is told from one with something behind it', () => {
    const bytes = fixture('plain.archive')
    for (const garbage of [Buffer.alloc(1), Buffer.from('x'), terminator, bytes]) {
      const failure = failureOf(() => read(Buffer.concat([bytes, garbage])))
      expect(failure.code).toBe('ARCHIVE_TRAILING_GARBAGE')
      expect(failure.facts['byte']).toBe(bytes.length)
    }
  })

  test('goes on failing once it has failed', () => {
    const reader = new ArchiveReader()
    const bytes = Buffer.concat([fixture('plain.archive'), Buffer.alloc(1)])
    failureOf(() => {
      reader.feed(bytes)
    })
    expect(failureOf(() => reader.end()).code).toBe('ARCHIVE_TRAILING_GARBAGE')
    const again = failureOf(() => {
      reader.feed(Buffer.alloc(1))
    })
    expect(again.code).toBe('ARCHIVE_TRAILING_GARBAGE')
  })
})

describe('what is no archive', () => {
  test.each([
    ['nothing', Buffer.alloc(0), 'ARCHIVE_EMPTY', 'empty'],
    ['20 zero bytes', Buffer.alloc(20), 'ARCHIVE_NOT_AN_ARCHIVE', 'not a mongodump archive'],
    ['text', Buffer.from('Failed: error'), 'ARCHIVE_NOT_AN_ARCHIVE', 'not a mongodump archive'],
    ['zip', Buffer.from('504b030414000000', 'hex'), 'ARCHIVE_NOT_AN_ARCHIVE', 'a zip file'],
    ['gzip', Buffer.from('1f8b080000000000', 'hex'), 'ARCHIVE_NOT_AN_ARCHIVE', 'this is gzip'],
    ['age', Buffer.from('age-encryption.org'), 'ARCHIVE_NOT_AN_ARCHIVE', 'encrypted with age'],
    ['3 bytes of one', Buffer.from('6de299', 'hex'), 'ARCHIVE_TRUNCATED', 'inside the prelude'],
    ['its first 20 bytes', fixture('plain.archive').subarray(0, 20), 'ARCHIVE_TRUNCATED', 'inside'],
  ])('%s', (_, bytes, code, says) => {
    const failure = failureOf(() => read(bytes))
    expect(failure.code).toBe(code)
    expect(failure.message).toContain(says)
  })

  test('an archive of a later format version', () => {
    const bytes = prelude([], { ...versions, version: '0.2' })
    expect(failureOf(() => read(bytes)).code).toBe('ARCHIVE_VERSION_UNKNOWN')
  })
})

describe('an archive that breaks the rules', () => {
  const head = prelude([one, two])
  const wholeOne = Buffer.concat([segment(one), closing(one)])

  test.each<[string, Buffer, string]>([
    [
      'a checksum that is not that of the documents',
      Buffer.concat([head, segment(one), closing(one, 5n)]),
      'the checksum of a.one is not that of its documents',
    ],
    [
      'a namespace that the prelude does not announce',
      Buffer.concat([head, segment({ db: 'a', collection: 'three' })]),
      'a block of a.three, which the prelude does not announce',
    ],
    [
      'a namespace that goes on after its end',
      Buffer.concat([head, wholeOne, segment(one)]),
      'a block of a.one, which has ended before',
    ],
    [
      'a namespace that ends twice',
      Buffer.concat([head, wholeOne, closing(one)]),
      'which has ended before',
    ],
    [
      'documents in the block that ends a namespace',
      Buffer.concat([
        head,
        segment(one),
        blockHeader(one, { EOF: true, CRC: crcOf(body(one)) }),
        body(one),
        terminator,
      ]),
      'documents of a.one follow its end',
    ],
    ['a namespace announced twice', prelude([one, one]), 'announces a.one twice'],
    [
      'a block without a header',
      Buffer.concat([head, terminator]),
      'a block ends that never began',
    ],
    [
      'a checksum before the end',
      Buffer.concat([head, blockHeader(one, { EOF: false, CRC: 1n })]),
      'states a checksum too early',
    ],
    [
      'a block header with one field more',
      Buffer.concat([
        head,
        serialize({ db: 'a', collection: 'one', EOF: false, CRC: Long.ZERO, more: 1 }),
      ]),
      'unknown field',
    ],
    [
      'a block header with one field less',
      Buffer.concat([head, serialize({ db: 'a', collection: 'one', EOF: false })]),
      'does not have its field CRC',
    ],
    [
      'a block header with a number for a checksum',
      Buffer.concat([head, serialize({ db: 'a', collection: 'one', EOF: false, CRC: 0 })]),
      'does not have its field CRC',
    ],
    [
      'metadata that are no JSON',
      prelude([{ ...one, metadata: '{"indexes":[' }]),
      'the metadata of a.one cannot be read',
    ],
    [
      'an index without a name',
      prelude([{ ...one, metadata: '{"indexes":[{"key":{"a":1}}]}' }]),
      'the metadata of a.one cannot be read',
    ],
    [
      'a time-series stored under two names',
      Buffer.concat([
        prelude([{ db: 'a', collection: 's', type: 'timeseries' }]),
        segment({ db: 'a', collection: 's' }),
        segment({ db: 'a', collection: 'system.buckets.s' }),
      ]),
      'whose documents stand under s',
    ],
  ])('%s', (_, bytes, says) => {
    const failure = failureOf(() => read(bytes))
    expect(failure.kind).toBe('integrity')
    expect(failure.message).toContain(says)
    expect(failure.facts['byte']).toBeTypeOf('number')
  })

  test.each([0, 4, -2, 0x7fffffff, 48 * 1024 * 1024 + 1, 16 * 1024 * 1024 + 1])(
    'a document that claims to be %i bytes long',
    (length) => {
      const claim = Buffer.alloc(100)
      claim.writeInt32LE(length)
      const bytes = Buffer.concat([head, blockHeader(one), claim])
      const failure = failureOf(() => read(bytes))
      expect(failure.code).toBe('ARCHIVE_CORRUPT')
      expect(failure.facts['byte']).toBe(bytes.length - 100)
    },
  )

  test('a forged length of 48 MiB reserves no memory', () => {
    const claim = Buffer.alloc(8)
    claim.writeInt32LE(48 * 1024 * 1024)
    const before = process.memoryUsage().arrayBuffers
    const readers = Array.from({ length: 50 }, () => {
      const reader = new ArchiveReader()
      reader.feed(Buffer.concat([prelude([one]), claim]))
      return reader
    })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50 * 1024 * 1024)
    expect(failureOf(() => readers[0]?.end()).code).toBe('ARCHIVE_TRUNCATED')
  })

  test('a document without the byte that ends it, in one chunk or in two', () => {
    const bytes = archive([one, two])
    const at = bytes.indexOf(serialize({ _id: 2 })) + 13
    bytes[at] = 1
    expect(failureOf(() => read(bytes)).facts['byte']).toBe(at)
    const reader = new ArchiveReader()
    reader.feed(bytes.subarray(0, at - 3))
    const failure = failureOf(() => {
      reader.feed(bytes.subarray(at - 3))
    })
    expect(failure.facts['byte']).toBe(at)
  })
})

/** The first byte after the prelude, by walking its lengths. */
function endOfPrelude(bytes: Buffer): number {
  let at = 4
  while (bytes.readInt32LE(at) !== -1) at += bytes.readInt32LE(at)
  return at + 4
}
