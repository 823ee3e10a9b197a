import { deserialize, serialize, type Document } from 'bson'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { documentsOf } from '../../../src/adapters/mongo/documents.js'
import { DocumentWriter } from '../../../src/archive/bson/documentWriter.js'
import { idOf } from '../../../src/archive/documentId.js'
import type { Documents, Namespace } from '../../../src/ports/documents.js'
import { FakeDocuments } from '../../fakes/documents.js'
import type { FakeCollection } from '../../fakes/server.js'
import { cleanUp } from '../../support/cleanUp.js'
import { startMongoServer, type MongoServer } from '../../support/mongoServer.js'

const made = cleanUp()
const { signal } = new AbortController()
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

const raw = (fields: Document) => serialize(fields)
const unique = raw({ v: 2, key: { code: 1 }, name: 'code_unique', unique: true })
const real = () => documentsOf(server.client, server.target())

async function all(stored: Documents, of = visits): Promise<Document[]> {
  const found: Document[] = []
  for await (const document of stored.all(of, signal)) found.push(deserialize(document))
  return found.sort((one, other) => Number(one['_id']) - Number(other['_id']))
}

describe.each<[string, () => Documents]>([
  ['in memory', () => new FakeDocuments(new Map<string, Map<string, FakeCollection>>())],
  ['of a server', real],
])('documents %s', (_name, make) => {
  test('are put in where nothing is in the way, and never over what is there', async () => {
    const stored = make()
    await stored.make(visits, raw({}))
    expect(await stored.buildIndex(visits, unique)).toBe(true)
    expect(await stored.isEmpty(visits)).toBe(true)
    expect(await stored.insert(visits, [raw({ _id: 1, code: 'a' })])).toEqual([])
    const more = [
      { _id: 1, code: 'x' },
      { _id: 2, code: 'a' },
      { _id: 3, code: 'c' },
    ]
    expect(await stored.insert(visits, more.map(raw))).toEqual([
      { at: 0, because: 'same id' },
      { at: 1, because: 'unique index', index: 'code_unique' },
    ])
    expect(await all(stored)).toEqual([
      { _id: 1, code: 'a' },
      { _id: 3, code: 'c' },
    ])
    expect(await stored.isEmpty(visits)).toBe(false)
  })

  test('are found by their ids, and removed as long as they are the same', async () => {
    const stored = make()
    const documents = [1, 2, 3].map((_id) => raw({ _id, name: 'x' }))
    await stored.insert(visits, documents)
    const found: unknown[] = []
    for await (const one of stored.byId(visits, [...documents.slice(1), raw({ _id: 9 })].map(idOf)))
      found.push(deserialize(one)['_id'])
    expect(found.sort()).toEqual([2, 3])
    const changed = raw({ _id: 2, name: 'y' })
    expect(await stored.removeSame(visits, [documents[0] ?? changed, changed])).toBe(1)
    expect(await stored.removeSame(visits, [])).toBe(0)
    expect((await all(stored)).map(({ _id }) => Number(_id))).toEqual([2, 3])
  })

  test('are counted by a query, with some of their ids', async () => {
    const stored = make()
    const none = { count: 0, ids: [] }
    expect(await stored.matching(visits, raw({ name: 'x' }), 2)).toEqual(none)
    const documents = [1, 2, 3, 4].map((_id) => raw({ _id, name: _id < 4 ? 'x' : 'y' }))
    await stored.insert(visits, documents)
    const { count, ids } = await stored.matching(visits, raw({ name: 'x' }), 2)
    expect(count).toBe(3)
    expect(ids.map((id) => deserialize(id)).every(({ _id }) => Number(_id) < 4)).toBe(true)
    expect(ids).toHaveLength(2)
    expect(await stored.matching(visits, raw({ name: 'z' }), 2)).toEqual(none)
    await expect(stored.matching(visits, raw({ $nonsense: 1 }), 2)).rejects.toMatchObject({
      code: 'QUERY_REFUSED',
      kind: 'usage',
    })
  })

  test('lie in collections that are made once, with indexes that what they hold allows', async () => {
    const stored = make()
    expect(await stored.definition(visits)).toBeUndefined()
    await stored.make(visits, raw({}))
    await expect(stored.make(visits, raw({}))).rejects.toMatchObject({ code: 'COLLECTION_EXISTS' })
    await stored.insert(visits, [raw({ _id: 1, code: 'a' }), raw({ _id: 2, code: 'a' })])
    expect(await stored.buildIndex(visits, unique)).toBe(false)
    await stored.removeSame(visits, [raw({ _id: 2, code: 'a' })])
    expect(await stored.buildIndex(visits, unique)).toBe(true)
    const definition = await stored.definition(visits)
    expect(definition?.indexes.map(({ name }) => name)).toEqual(['code_unique'])
    expect(definition?.uuid).toBe((await stored.definition(visits))?.uuid)
    await stored.dropIndex(visits, '*')
    expect((await stored.definition(visits))?.indexes).toEqual([])
  })

  test('are set aside over older ones of their ids, and operations of an oplog are carried out on them', async () => {
    const stored = make()
    const aside = { ...visits, collection: `${visits.collection}_aside` }
    const ns = `${visits.database}.${visits.collection}`
    await stored.insert(visits, [raw({ _id: 1, name: 'old' }), raw({ _id: 2, name: 'kept' })])
    await stored.insert(aside, [raw({ _id: 1, name: 'older' })])
    await stored.setAside(visits, [raw({ _id: 1 })], aside)
    expect(await all(stored, aside)).toEqual([{ _id: 1, name: 'old' }])
    const applied = await stored.apply([
      raw({ op: 'i', ns, o: { _id: 3, name: 'in' } }),
      raw({ op: 'u', ns, o2: { _id: 3 }, o: { _id: 3, name: 'changed' } }),
      raw({ op: 'd', ns, o: { _id: 2 } }),
    ])
    expect(applied).toBe(3)
    expect(await stored.apply([])).toBe(0)
    expect(await all(stored)).toEqual([{ _id: 3, name: 'changed' }])
  })
})

describe('documents of a server', () => {
  test('come back in every byte, with fields that are named by numbers where they were', async () => {
    const tree = new Map<string, unknown>([
      ['z', [{ b: 1 }]],
      [
        '1',
        new Map([
          ['2', 1],
          ['0', 2],
        ]),
      ],
    ])
    const document = serialize(
      new Map<string, unknown>([
        ['_id', 1],
        ['tree', tree],
        ['0', null],
      ]),
    )
    expect(await real().insert(visits, [document])).toEqual([])
    for await (const found of real().all(visits, signal))
      expect(Buffer.from(found).equals(Buffer.from(document))).toBe(true)
  })

  test('with a field twice are not sent: they would come back with one', async () => {
    const twice = new DocumentWriter()
      .text('_id', 'one')
      .text('name', 'a')
      .text('name', 'b')
      .finish()
    expect(await real().insert(visits, [twice])).toEqual([{ at: 0, because: 'inexact' }])
  })

  test('that the rules of their collection forbid are told apart from those that the server refuses otherwise', async () => {
    await real().make(visits, raw({ validator: { at: { $gte: 0 } } }))
    expect(await real().insert(visits, [raw({ _id: 1, at: -1 })])).toEqual([
      { at: 0, because: 'validator' },
    ])
    const series = { ...visits, collection: `${visits.collection}_series` }
    await real().make(series, raw({ timeseries: { timeField: 'at' } }))
    expect(await real().insert(series, [raw({ _id: 1 })])).toEqual([
      { at: 0, because: 'refused', code: expect.any(Number) as number },
    ])
  })

  test('that an index cannot take are refused alone, and the index where they are there', async () => {
    const sphere = raw({ v: 2, key: { place: '2dsphere' }, name: 'place_2dsphere' })
    const nowhere = raw({ _id: 1, place: { type: 'Point', coordinates: [1_000, 1_000] } })
    await real().make(visits, raw({}))
    expect(await real().buildIndex(visits, sphere)).toBe(true)
    expect(await real().insert(visits, [nowhere, raw({ _id: 2 })])).toEqual([
      { at: 0, because: 'refused', code: 16_755 },
    ])
    await real().dropIndex(visits, 'place_2dsphere')
    expect(await real().insert(visits, [nowhere])).toEqual([])
    expect(await real().buildIndex(visits, sphere)).toBe(false)
  })

  test('an index without a collation stays without, in a collection that has one', async () => {
    await real().make(visits, raw({ collation: { locale: 'de' } }))
    await real().buildIndex(visits, raw({ v: 2, key: { code: 1 }, name: 'code_1' }))
    const [index] = (await real().definition(visits))?.indexes ?? []
    expect(deserialize(index?.definition ?? raw({}))).toEqual({
      v: 2,
      key: { code: 1 },
      name: 'code_1',
    })
  })
})
