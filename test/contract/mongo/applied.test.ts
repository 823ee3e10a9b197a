import { BSON, serialize, type Document } from 'bson'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { documentsOf } from '../../../src/adapters/mongo/documents.js'
import { DocumentWriter } from '../../../src/archive/bson/documentWriter.js'
import type { Documents } from '../../../src/ports/documents.js'
import { cleanUp } from '../../support/cleanUp.js'
import { failureIn } from '../../unit/archive/feeding.js'
import { startMongoServer, type MongoServer } from '../../support/mongoServer.js'

const made = cleanUp()
let server: MongoServer
let stored: Documents
let number = 0
let ns = ''

beforeAll(async () => {
  server = made.made(await startMongoServer(), (one) => one.remove())
  stored = documentsOf(server.client, server.target())
}, 60_000)
afterAll(() => made.all())
beforeEach(async () => {
  const collection = `applied_${(number++).toString()}`
  ns = `medical.${collection}`
  await server.client.db('medical').createCollection(collection)
})

const insertion = (document: Uint8Array) =>
  new DocumentWriter().text('op', 'i').text('ns', ns).document('o', Buffer.from(document)).finish()
const plain = (fields: Document) => insertion(serialize(fields))

async function there(): Promise<Buffer[]> {
  const [database = '', collection = ''] = ns.split('.')
  const found = server.client.db(database).collection(collection).find({}, { raw: true })
  const all = (await found.sort({ _id: 1 }).toArray()) as unknown as Uint8Array[]
  return all.map((document) => Buffer.from(document))
}

/** The bytes of a document with one part of them exchanged. */
function altered(fields: Document, from: Buffer, to: Buffer): Buffer {
  const bytes = Buffer.from(serialize(fields))
  const at = bytes.indexOf(from)
  if (at < 0) throw new Error('nothing to exchange')
  to.copy(bytes, at)
  return bytes
}

const odd: readonly (readonly [string, () => Buffer])[] = [
  [
    'a field twice',
    () => new DocumentWriter().text('_id', 'odd').text('a', '1').text('a', '2').finish(),
  ],
  [
    'text that is no UTF-8',
    () => altered({ _id: 'odd', a: 'xyz' }, Buffer.from('xyz'), Buffer.from([0xff, 0xfe, 0xfd])),
  ],
  [
    'options of a pattern that nobody knows',
    () =>
      altered(
        { _id: 'odd', a: new BSON.BSONRegExp('p', 'imx') },
        Buffer.from('imx\0'),
        Buffer.from('imz\0'),
      ),
  ],
  [
    'a type that BSON gave up',
    () => new DocumentWriter().text('_id', 'odd').value('a', 0x06, Buffer.alloc(0)).finish(),
  ],
]

test.each(odd)('an operation with %s is not sent, nor what follows it', async (_what, document) => {
  const operations = [plain({ _id: 1 }), insertion(document()), plain({ _id: 2 })]
  expect(await stored.apply(operations)).toBe(1)
  expect(await there()).toEqual([Buffer.from(serialize({ _id: 1 }))])
})

test.each([
  [
    'fields that are named by numbers',
    new Map<string, unknown>([
      ['_id', 1],
      ['b', 1],
      ['1', { a: 1 }],
      ['0', null],
    ]),
  ],
  [
    "a field that bears the driver's own mark",
    new Map<string, unknown>([
      ['_id', 1],
      ['a', new Map([['_bsontype', 'Nobody']])],
    ]),
  ],
  [
    'a field named __proto__',
    new Map<string, unknown>([
      ['_id', 1],
      ['__proto__', new Map([['a', 1]])],
    ]),
  ],
  [
    'numbers of every kind',
    new Map<string, unknown>([
      ['_id', 1],
      ['a', new BSON.Double(1)],
      ['b', BSON.Long.fromNumber(1)],
      ['c', new BSON.Int32(1)],
      ['d', new BSON.Double(-0)],
    ]),
  ],
])('a document with %s comes out byte for byte', async (_what, fields) => {
  const document = Buffer.from(serialize(fields))
  expect(await stored.apply([insertion(document)], { durable: false })).toBe(1)
  expect(await there()).toEqual([document])
})

test('what the server does not take fails, and what it says of the document is kept back', async () => {
  const operations = [
    plain({ _id: 1 }),
    Buffer.from(serialize({ op: 'i', ns: 'medical.nowhere', o: { _id: 'Jane Doe' } })),
  ]
  const failure = await failureIn(stored.apply(operations))
  expect(failure).toMatchObject({ kind: 'failed', code: 'OPLOG_REFUSED' })
  expect(JSON.stringify([failure.message, failure.facts])).not.toContain('Jane')
  expect(await there()).toEqual([Buffer.from(serialize({ _id: 1 }))])
})
