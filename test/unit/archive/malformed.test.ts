import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  serialize,
  Timestamp,
  UUID,
  type Document,
} from 'bson'
import { describe, expect, test } from 'vitest'
import { malformedAt } from '../../../src/archive/bson/malformed.js'
import { archive } from './archiveBuilder.js'
import { failureOf, read, seeded } from './feeding.js'

const everything = {
  double: new Double(1.5),
  text: 'grüße',
  document: { a: { b: {} } },
  array: [1, [2, { c: 3 }], []],
  binary: new Binary(Buffer.from('bytes')),
  old: new Binary(Buffer.from('bytes'), 2),
  uuid: new UUID(),
  id: new ObjectId(),
  yes: true,
  no: false,
  date: new Date(0),
  nothing: null,
  pattern: new BSONRegExp('a.*', 'i'),
  reference: new DBRef('c', new ObjectId()),
  code: new Code('return 1'),
  scoped: new Code('return a', { a: { b: 1 } }),
  symbol: new BSONSymbol('s'),
  int: new Int32(1),
  timestamp: new Timestamp({ t: 1, i: 2 }),
  long: Long.MAX_VALUE,
  decimal: Decimal128.fromString('1.5'),
  smallest: new MinKey(),
  largest: new MaxKey(),
}

const check = (bytes: Buffer) => malformedAt(bytes, 0, bytes.length)

/** A document of one element with the value given as bytes. */
function element(type: number, value: Buffer): Buffer {
  const bytes = Buffer.concat([
    Buffer.alloc(4),
    Buffer.from([type, 0x61, 0]),
    value,
    Buffer.alloc(1),
  ])
  bytes.writeInt32LE(bytes.length)
  return bytes
}

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

describe('a document', () => {
  test('of every type is sound', () => {
    expect(check(Buffer.from(serialize(everything)))).toBe(-1)
  })

  test('with values of types no longer written is sound', () => {
    expect(check(element(0x06, Buffer.alloc(0)))).toBe(-1)
    expect(check(element(0x0c, hex('02000000 6300 000000000000000000000000')))).toBe(-1)
  })

  test('with text that is not UTF-8 is sound, since servers store it', () => {
    expect(check(element(0x02, hex('03000000 fffe00')))).toBe(-1)
  })

  test.each<[string, Buffer]>([
    ['a type that does not exist', element(0x14, Buffer.alloc(8))],
    ['a text of length 0', element(0x02, hex('00000000'))],
    ['a text longer than the document', element(0x02, hex('ff000000 6100'))],
    ['a text without an end', element(0x02, hex('02000000 6161'))],
    ['a negative length', element(0x02, hex('ffffffff 00'))],
    ['half a number', element(0x12, Buffer.alloc(3))],
    ['a truth value of 2', element(0x08, hex('02'))],
    ['an old binary that states two lengths', element(0x05, hex('05000000 02 09000000 61'))],
    ['a pattern without options', element(0x0b, hex('610062'))],
    ['a document inside that is too long', element(0x03, hex('09000000 00'))],
    ['a document inside that does not end', element(0x03, hex('05000000 01'))],
    [
      'a malformed element deep inside',
      element(0x03, element(0x04, element(0x14, Buffer.alloc(0)))),
    ],
    ['code whose scope does not fill it', element(0x0f, hex('0f000000 01000000 00 0500000000 00'))],
    [
      'code with a malformed scope',
      element(0x0f, Buffer.concat([hex('15000000 01000000 00'), element(0x14, Buffer.alloc(4))])),
    ],
    ['no end', hex('0600000000 01')],
    ['nothing in it, not even a length', hex('00')],
  ])('with %s is malformed', (_, bytes) => {
    expect(check(bytes)).toBeGreaterThanOrEqual(0)
  })

  test('may nest 200 deep and no deeper', () => {
    const nested = (depth: number): Document => {
      let document: Document = {}
      for (let i = 1; i < depth; i++) document = { d: document }
      return document
    }
    expect(check(Buffer.from(serialize(nested(200))))).toBe(-1)
    expect(check(Buffer.from(serialize(nested(201))))).toBeGreaterThan(0)
  })

  test('of random bytes never makes the walk fail or run on', () => {
    const random = seeded(77)
    const sound = Buffer.from(serialize(everything))
    for (let i = 0; i < 3000; i++) {
      const bytes = Buffer.from(sound)
      for (let k = 0; k < 3; k++)
        bytes[4 + Math.floor(random() * (bytes.length - 5))] = random() * 256
      expect(check(bytes)).toBeLessThan(bytes.length)
    }
  })
})

describe('reading an archive deeply', () => {
  const bad = element(0x14, Buffer.alloc(8))
  const bytes = archive([{ db: 'a', collection: 'b', documents: [{ fine: 1 }, bad] }])

  test('finds a malformed document under a right checksum, which reading plainly does not', () => {
    expect(read(bytes).namespaces['a.b']?.documents).toBe(2)
    const failure = failureOf(() => read(bytes, { deep: true }))
    expect(failure.code).toBe('ARCHIVE_CORRUPT')
    expect(failure.message).toContain('a document of a.b is malformed')
    expect(failure.facts['byte']).toBe(bytes.indexOf(bad) + 4)
  })
})
