import { Decimal128, deserialize, Double, Int32, Long, type Document } from 'bson'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { storedDataOf } from '../../../src/adapters/mongo/storedData.js'
import type { StoredData } from '../../../src/ports/data.js'
import type { Namespace } from '../../../src/ports/documents.js'
import { FakeServer } from '../../fakes/server.js'
import { cleanUp } from '../../support/cleanUp.js'
import { startMongoServer, type MongoServer } from '../../support/mongoServer.js'

const made = cleanUp()
const bound = { milliseconds: 10_000, signal: new AbortController().signal }
let server: MongoServer
let number = 0
let visits: Namespace

beforeAll(async () => {
  server = made.made(await startMongoServer(), (one) => one.remove())
}, 60_000)
afterAll(() => made.all())
beforeEach(() => {
  visits = { database: 'medical', collection: `visits_${(number++).toString()}` }
})

type Filled = (documents: readonly Document[]) => Promise<StoredData>

const real: Filled = async (documents) => {
  const collection = server.client.db(visits.database).collection(visits.collection)
  if (documents.length > 0) await collection.insertMany([...documents])
  return storedDataOf(server.client, server.target())
}

const fake: Filled = (documents) =>
  Promise.resolve(new FakeServer().collection(visits.database, visits.collection, documents).data)

async function read(documents: AsyncIterable<Uint8Array>): Promise<Document[]> {
  const found: Document[] = []
  for await (const document of documents) found.push(deserialize(document))
  return found
}

describe.each<[string, Filled]>([
  ['in memory', fake],
  ['of a server', real],
])('data %s', (_name, filled) => {
  test('is counted by what is at a path', async () => {
    const values = [
      'x',
      '',
      ' \t',
      null,
      new Int32(1),
      Long.fromNumber(1),
      new Double(1.5),
      Decimal128.fromString('1'),
      new Double(NaN),
      Decimal128.fromString('NaN'),
      true,
      new Date(0),
      [],
      [1],
      { deep: 1 },
    ]
    const documents = values.map((value, _id) => ({ _id: new Int32(_id), a: { b: value } }))
    const data = await filled([...documents, { _id: new Int32(50) }, { _id: new Int32(51), a: [] }])
    const { documents: count, fields } = await data.tally(visits, ['a.b', 'c'], undefined, bound)
    expect(count).toBe(17)
    expect(fields[0]?.kinds).toEqual({
      string: 1,
      emptyText: 1,
      blankText: 1,
      null: 1,
      int: 1,
      long: 1,
      double: 1,
      decimal: 1,
      doubleNaN: 1,
      decimalNaN: 1,
      bool: 1,
      date: 1,
      emptyList: 2,
      array: 1,
      object: 1,
      missing: 1,
    })
    expect(fields[1]).toEqual({ path: 'c', kinds: { missing: 17 } })
    expect((await data.tally(visits, [], 4, bound)).documents).toBe(4)
  })

  test('is nothing where there is no such collection', async () => {
    const data = await filled([])
    expect(await data.tally(visits, ['a'], undefined, bound)).toMatchObject({ documents: 0 })
    const none = { documents: 0, withoutKey: 0, groups: 0, surplus: 0, largest: [] }
    expect(await data.duplicates(visits, ['a'], 3, bound)).toEqual(none)
  })

  test('is sampled whole, and read in parts', async () => {
    const documents = [1, 2, 3].map((_id) => ({ _id: new Int32(_id), a: { b: _id, c: 0 } }))
    const data = await filled(documents)
    expect(await read(data.sample(visits, 2, bound))).toHaveLength(2)
    const found = await read(data.fields(visits, ['a.b', 'a'], bound))
    expect(found.map((one) => Number(one['_id'])).sort()).toEqual([1, 2, 3])
    expect(found[0]).toMatchObject({ a: { b: 1 } })
  })

  test('is read in parts by what an _id is made of', async () => {
    const data = await filled([{ _id: { mrn: 7, at: 'x' }, a: 1 }])
    const [found] = await read(data.fields(visits, ['_id.mrn', 'a'], bound))
    expect(found).toMatchObject({ _id: { mrn: 7 }, a: 1 })
  })

  test('has the same key where values are the same, whatever the type of a number', async () => {
    const documents = [
      { _id: new Int32(1), name: 'A', n: new Int32(1) },
      { _id: new Int32(2), name: 'A', n: new Double(1) },
      { _id: new Int32(3), name: 'A', n: Long.fromNumber(1) },
      { _id: new Int32(4), name: 'a', n: new Int32(1) },
      { _id: new Int32(5), name: 'A', n: new Int32(2) },
      { _id: new Int32(6), name: 'B' },
      { _id: new Int32(7), name: 'B', n: null },
      { _id: new Int32(8), name: null },
      { _id: new Int32(9) },
    ]
    const data = await filled(documents)
    const found = await data.duplicates(visits, ['name', 'n'], 1, bound)
    expect(found).toMatchObject({ documents: 9, withoutKey: 2, groups: 2, surplus: 3 })
    const ids = found.largest.map(({ documents: many, first, last }): readonly unknown[] => [
      many,
      deserialize(first)['_id'],
      deserialize(last)['_id'],
    ])
    expect(ids).toEqual([[3, 1, 3]])
  })

  test('has no key where a list on the way is empty', async () => {
    const data = await filled([
      { _id: new Int32(1), visits: [] },
      { _id: new Int32(2), visits: [] },
      { _id: new Int32(3), visits: [{ id: 1 }] },
      { _id: new Int32(4), visits: [{ id: 1 }] },
    ])
    const found = await data.duplicates(visits, ['visits.id'], 3, bound)
    expect(found).toMatchObject({ withoutKey: 2, groups: 1, surplus: 1 })
  })

  test('is the same as a whole but for the _id', async () => {
    const data = await filled([
      { _id: new Int32(1), a: 1, b: 'x' },
      { _id: new Int32(2), a: 1, b: 'x' },
      { _id: new Int32(3), a: 1, b: 'y' },
    ])
    expect(await data.duplicates(visits, [], 1, bound)).toMatchObject({ groups: 1, surplus: 1 })
  })

  test('is asked no longer than the signal allows', async () => {
    const data = await filled([{ _id: new Int32(1) }])
    const ended = { milliseconds: 1000, signal: AbortSignal.abort(new Error('enough')) }
    await expect(data.tally(visits, ['a'], undefined, ended)).rejects.toThrow('enough')
    await expect(read(data.sample(visits, 1, ended))).rejects.toThrow('enough')
  })
})

describe('data of a server', () => {
  /** A view whose every document takes half a second. */
  async function slowView(): Promise<Namespace> {
    const db = server.client.db(visits.database)
    await db.collection(visits.collection).insertMany([{ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }])
    const body = 'function() { sleep(500); return true }'
    const slowly = { $expr: { $function: { body, args: [], lang: 'js' } } }
    const view = `${visits.collection}_slowly`
    await db.createCollection(view, { viewOn: visits.collection, pipeline: [{ $match: slowly }] })
    return { database: visits.database, collection: view }
  }

  const underWay = async () =>
    server.client
      .db('admin')
      .aggregate([{ $currentOp: {} }, { $match: { 'command.comment': 'ops data' } }])
      .toArray()

  test('is given up by the server itself after the limit', async () => {
    const view = await slowView()
    const data = storedDataOf(server.client, server.target())
    const short = { ...bound, milliseconds: 300 }
    const late = { kind: 'timed-out', code: 'READ_LIMIT_REACHED' }
    await expect(data.tally(view, ['a'], undefined, short)).rejects.toMatchObject(late)
    await expect(read(data.fields(view, ['a'], short))).rejects.toMatchObject(late)
    expect(await underWay()).toEqual([])
  })

  test('is left alone by the server when nobody waits for it any more', async () => {
    const view = await slowView()
    const stop = new AbortController()
    const data = storedDataOf(server.client, server.target())
    const asked = data.duplicates(view, ['a'], 1, { ...bound, signal: stop.signal })
    const ended = expect(asked).rejects.toThrow('enough')
    await expect.poll(underWay).toHaveLength(1)
    stop.abort(new Error('enough'))
    await ended
    await expect.poll(underWay).toEqual([])
  })

  test('that the server refuses to group says so without quoting it', async () => {
    const data = storedDataOf(server.client, server.target())
    await real([{ a: 'Jane Doe' }])
    await expect(data.tally(visits, ['a..b'], undefined, bound)).rejects.toMatchObject({
      kind: 'failed',
      code: 'READ_REFUSED',
      message: expect.not.stringContaining('Jane') as string,
    })
  })

  test('does not go to the disk of a server where that is not allowed', async () => {
    const pad = 'x'.repeat(400_000)
    const data = await real(Array.from({ length: 320 }, (_, n) => ({ n, pad })))
    const asked = data.duplicates(visits, ['n', 'pad'], 1, { ...bound, disk: false })
    await expect(asked).rejects.toMatchObject({ kind: 'failed', code: 'READ_REFUSED' })
    const found = await data.duplicates(visits, ['n', 'pad'], 1, bound)
    expect(found).toMatchObject({ documents: 320, surplus: 0 })
    await server.client.db(visits.database).collection(visits.collection).drop()
  }, 60_000)
})
