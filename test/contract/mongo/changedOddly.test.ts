import { Double, Int32, Long, Timestamp, serialize, type Document } from 'bson'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ChangeRefused, DocumentChange } from '../../../src/ports/documents.js'
import type { MongoSession } from '../../../src/ports/mongo.js'
import { startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { realWorld } from '../../support/realWorld.js'

let server: MongoServer
let session: MongoSession
const database = 'ward'
const mebibyte = 1024 * 1024
const bytes = (document: Document) => Buffer.from(serialize(document))
const text = (length: number, letter = 'x') => letter.repeat(length)

beforeAll(async () => {
  server = await startMongoServer()
  session = await realWorld('/nowhere').mongo.connect(server.target())
}, 60_000)

afterAll(async () => {
  await session.close()
  await server.remove()
})

function change(collection: string, before?: Document, after?: Document): DocumentChange {
  const _id = (before ?? after)?.['_id'] as number
  return {
    namespace: { database, collection },
    id: bytes({ _id }),
    ...(before ? { before: bytes(before) } : {}),
    ...(after ? { after: bytes(after) } : {}),
  }
}

const changed = (...changes: readonly DocumentChange[]): Promise<ChangeRefused | undefined> =>
  session.stored.change(changes)

const put = (collection: string, ...documents: readonly Document[]) =>
  session.stored.insert({ database, collection }, documents.map(bytes))

/** Whether the server has a document, byte for byte. */
async function has(collection: string, document: Document): Promise<boolean> {
  // Compared by vitest, documents of megabytes take minutes.
  return (await there(collection, document['_id']))?.equals(bytes(document)) === true
}

/** A document as the server has it, byte for byte. */
async function there(collection: string, _id: unknown): Promise<Buffer | undefined> {
  const ids = [bytes({ _id })]
  for await (const one of session.stored.byId({ database, collection }, ids))
    return Buffer.from(one)
  return undefined
}

test('documents of any size that a server has, and more of them together than a command takes', async () => {
  const large = (_id: number, letter: string) => ({ _id, text: text(15.9 * mebibyte, letter) })
  await put('scans', large(1, 'a'))
  expect(await changed(change('scans', large(1, 'a'), large(1, 'b')))).toBeUndefined()
  expect(await has('scans', large(1, 'b'))).toBe(true)
  const middle = (_id: number, letter: string) => ({ _id, text: text(6 * mebibyte, letter) })
  for (const id of [2, 3, 4]) await put('scans', middle(id, 'a'))
  const all = [2, 3, 4].map((id) => change('scans', middle(id, 'a'), middle(id, 'b')))
  const made = [5, 6, 7].map((id) => change('scans', undefined, middle(id, 'c')))
  const gone = change('scans', large(1, 'b'))
  expect(await changed(...all, ...made, gone)).toBeUndefined()
  expect((await there('scans', 1))?.length).toBeUndefined()
  for (const id of [2, 3, 4]) expect(await has('scans', middle(id, 'b'))).toBe(true)
  for (const id of [5, 6, 7]) expect(await has('scans', middle(id, 'c'))).toBe(true)
}, 60_000)

test('a number of another type is another document, though the server calls it equal', async () => {
  await put('types', { _id: 1, a: new Int32(1) })
  const before = { _id: 1, a: new Double(1) }
  expect(await changed(change('types', before, { _id: 1, a: 2 }))).toBe('changed meanwhile')
  expect(await changed(change('types', before))).toBe('changed meanwhile')
  expect(await there('types', 1)).toEqual(bytes({ _id: 1, a: new Int32(1) }))
  // The _id of the same value in another type is taken.
  const other = change('types', undefined, { _id: Long.fromNumber(1), a: 1 })
  expect(await changed(other)).toBe('changed meanwhile')
})

test('fields with dots and dollars come as they are', async () => {
  const before = { _id: 1, 'a.b': 1, $price: 1, nested: { $ref: 'x', 'y.z': 1 } }
  const after = { _id: 1, 'a.b': 2, $price: 2, nested: { $ref: 'x', 'y.z': 2 } }
  const fresh = { _id: 2, 'c.d': 1, $set: { a: 1 }, list: [{ $each: 1 }] }
  await put('odd', before)
  expect(await there('odd', 1)).toEqual(bytes(before))
  expect(await changed(change('odd', before, after), change('odd', undefined, fresh))).toBe(
    undefined,
  )
  expect(await there('odd', 1)).toEqual(bytes(after))
  expect(await there('odd', 2)).toEqual(bytes(fresh))
  const plain = { _id: 1, nested: { $gt: 1, 'x.y': [{ $in: [] }] } }
  expect(await changed(change('odd', after, plain))).toBeUndefined()
  expect(await there('odd', 1)).toEqual(bytes(plain))
})

test('what the server would store otherwise is not sent', async () => {
  const empty = { _id: 1, at: new Timestamp({ t: 0, i: 0 }) }
  expect(await changed(change('times', undefined, empty))).toBe('inexact')
  const inside = { _id: 1, in: { at: new Timestamp({ t: 0, i: 0 }) }, z: new Double(-0) }
  expect(await changed(change('times', undefined, inside))).toBeUndefined()
  expect(await there('times', 1)).toEqual(bytes(inside))
})

test('a document is told from one that the collation calls the same', async () => {
  const db = server.client.db(database)
  await db.createCollection('names', { collation: { locale: 'en', strength: 2 } })
  await put('names', { _id: 'Ann', a: 1 })
  expect(await changed(change('names', { _id: 'ann', a: 1 }))).toBe('changed meanwhile')
  const taken = change('names', undefined, { _id: 'ANN', a: 2 })
  expect(await changed(taken)).toBe('changed meanwhile')
  expect(await changed(change('names', { _id: 'Ann', a: 1 }, { _id: 'Ann', a: 2 }))).toBe(undefined)
  expect(await there('names', 'Ann')).toEqual(bytes({ _id: 'Ann', a: 2 }))
})

test('what an index, a view or a time-series does not take is refused, and said so', async () => {
  const db = server.client.db(database)
  await db.collection('places').createIndex({ at: '2dsphere' }, {}, {})
  const nowhere = { _id: 1, at: { type: 'Point', coordinates: [999, 999] } }
  expect(await changed(change('places', undefined, nowhere))).toBe('refused')
  await db.createCollection('view', { viewOn: 'places', pipeline: [] })
  expect(await changed(change('view', undefined, { _id: 1 }))).toBe('refused')
  await db.createCollection('series', { timeseries: { timeField: 'at' } })
  expect(await changed(change('series', undefined, { _id: 1, at: new Date() }))).toBe('refused')
  expect(await changed(change('places', undefined, { _id: 2 }))).toBeUndefined()
})

test('a document that is in a transaction of somebody is not waited for without end, nor written over', async () => {
  await put('held', { _id: 1, a: 1 })
  const mine = change('held', { _id: 1, a: 1 }, { _id: 1, a: 2 })
  await server.client.withSession(async (other) => {
    other.startTransaction()
    const held = server.client.db(database).collection('held')
    await held.updateOne({}, { $set: { a: 9 } }, { session: other })
    expect(await changed(mine)).toBe('changed meanwhile')
    await other.commitTransaction()
  })
  expect(await there('held', 1)).toEqual(bytes({ _id: 1, a: 9 }))
  expect(await changed(mine)).toBe('changed meanwhile')
}, 60_000)
