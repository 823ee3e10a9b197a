import { deserialize, serialize, type Document } from 'bson'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asBuffer } from '../../../src/archive/asBuffer.js'
import { written, writtenId } from '../../../src/archive/oplog/documentWrite.js'
import { OperationReader } from '../../../src/archive/oplog/operations.js'
import type { DocumentChange, Documents } from '../../../src/ports/documents.js'
import type { MongoSession } from '../../../src/ports/mongo.js'
import { FakeServer } from '../../fakes/server.js'
import { startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { realWorld } from '../../support/realWorld.js'

let server: MongoServer
let session: MongoSession
const namespace = { database: 'ward', collection: 'visits' }
const going = () => new AbortController().signal
const bytes = (document: Document) => Buffer.from(serialize(document))

beforeAll(async () => {
  server = await startMongoServer()
  session = await realWorld('/nowhere').mongo.connect(server.target())
}, 60_000)

afterAll(async () => {
  await session.close()
  await server.remove()
})

async function all(stored: Documents): Promise<Document[]> {
  const found: Document[] = []
  for await (const document of stored.all(namespace, going())) found.push(deserialize(document))
  return found.toSorted((one, other) => Number(one['_id']) - Number(other['_id']))
}

const kinds = [
  ['a mongod', () => Promise.resolve(session.stored)],
  ['the fake', async () => (await fake.connect()).stored],
] as const
const fake = new FakeServer()

describe.each(kinds)('documents of %s are changed all or none', (_name, open) => {
  const change = (id: number, before?: Document, after?: Document): DocumentChange => ({
    namespace,
    id: bytes({ _id: id }),
    ...(before ? { before: bytes(before) } : {}),
    ...(after ? { after: bytes(after) } : {}),
  })

  test('where each is what it is to be before', async () => {
    const stored = await open()
    await stored.insert(namespace, [bytes({ _id: 1, a: 1 }), bytes({ _id: 2, a: 1 })])
    const changes = [
      change(1, { _id: 1, a: 1 }, { _id: 1, b: 2 }),
      change(2, { _id: 2, a: 1 }),
      change(3, undefined, { _id: 3 }),
    ]
    expect(await stored.change(changes)).toBeUndefined()
    expect(await all(stored)).toEqual([{ _id: 1, b: 2 }, { _id: 3 }])
  })

  test.each([
    ['one that is replaced', [1, { _id: 1, a: 9 }, { _id: 1, c: 1 }]],
    ['one that goes', [1, { _id: 1, a: 9 }, undefined]],
    ['one that is made', [3, undefined, { _id: 3, d: 1 }]],
  ] as const)('and not where %s is another by now', async (_what, [id, before, after]) => {
    const stored = await open()
    const good = change(7, undefined, { _id: 7 })
    expect(await stored.change([good, change(id, before, after)])).toBe('changed meanwhile')
    expect(await all(stored)).toEqual([{ _id: 1, b: 2 }, { _id: 3 }])
  })
})

test('what is unique in an index is said to be, and what goes makes room for what comes', async () => {
  const { stored } = session
  const beds = server.client.db('ward').collection('beds')
  await beds.createIndex({ number: 1 }, { unique: true }, {})
  await beds.insertMany([{ _id: 1 as never, number: 1 }])
  const bed = (id: number, number: number) => ({
    namespace: { database: 'ward', collection: 'beds' },
    id: bytes({ _id: id }),
    after: bytes({ _id: id, number }),
  })
  expect(await stored.change([bed(2, 2), bed(3, 1)])).toBe('unique index')
  expect(await beds.countDocuments()).toBe(1)
  const { after: before, ...first } = bed(1, 1)
  expect(await stored.change([{ ...first, before }, bed(3, 1)])).toBeUndefined()
  expect(await beds.find().toArray()).toEqual([{ _id: 3, number: 1 }])
})

test('what the server writes into its oplog, carried out here, makes the documents that it has', async () => {
  const ward = server.client.db('ward')
  const change = (q: Document, u: Document) =>
    ward.command({ update: 'pens', updates: [{ q, u, multi: !('all' in u) }] })
  await ward.command({
    insert: 'pens',
    documents: Array.from({ length: 40 }, (_, at) => ({
      _id: at,
      n: at,
      at: { ward: { bed: at, floor: 1 } },
      list: [1, { x: at, y: [1, 2] }, 3, 4],
      note: 'n',
    })),
  })
  const from = (await session.oplog.window())?.newest
  const before = new Map<string, Buffer>()
  const where = { database: 'ward', collection: 'pens' }
  for await (const one of session.stored.all(where, going()))
    before.set(
      Buffer.from(bytes({ _id: deserialize(one)['_id'] as number })).toString('hex'),
      Buffer.from(one),
    )
  await change({ n: { $lt: 5 } }, { $set: { 'at.ward.bed': 'x' }, $inc: { n: 100 } })
  await change({ _id: { $gte: 5, $lt: 9 } }, { $unset: { note: 1 }, $set: { fresh: 1 } })
  await change({ _id: { $gte: 9, $lt: 12 } }, { $push: { list: { $each: [5, 6] } } })
  await change({ _id: { $gte: 12, $lt: 15 } }, { $pop: { list: 1 } })
  await change({ _id: { $gte: 15, $lt: 18 } }, { $set: { 'list.1.x': 'in', 'list.1.y.0': 9 } })
  await change({ _id: { $gte: 18, $lt: 21 } }, { $rename: { note: 'named' } })
  await change({ _id: { $gte: 21, $lt: 24 } }, [
    { $replaceWith: { _id: '$_id', note: '$note', n: '$n', list: [] } },
  ])
  await change({ _id: 24 }, { all: 'new' })
  await change({ _id: { $gte: 25, $lt: 28 } }, { $pull: { list: { $in: [1, 3] } } })
  await change({ _id: { $gte: 25, $lt: 30 } }, { $set: { 'deep.er.than': [{ a: 1 }] } })
  await ward.command({ delete: 'pens', deletes: [{ q: { _id: { $gte: 30, $lt: 33 } }, limit: 0 }] })
  await ward.command({ insert: 'pens', documents: [{ _id: 99, late: true }] })
  const to = (await session.oplog.window())?.newest
  if (!from || !to) throw new Error('an oplog')
  const reader = new OperationReader((name) => name === 'ward.pens')
  for await (const entry of session.oplog.entries(from, to, going()))
    for (const { kind, raw } of reader.take(asBuffer(entry))) {
      if (!raw || (kind !== 'insert' && kind !== 'update' && kind !== 'delete')) continue
      const id = writtenId(raw).toString('hex')
      const outcome = written(kind, raw, before.get(id))
      if ('misfit' in outcome) throw new Error(outcome.misfit)
      if (outcome.after) before.set(id, outcome.after)
      else before.delete(id)
    }
  const there: string[] = []
  for await (const one of session.stored.all(where, going()))
    there.push(Buffer.from(one).toString('hex'))
  const made = [...before.values()].map((one) => one.toString('hex'))
  expect(made.toSorted()).toEqual(there.toSorted())
  expect(made).toHaveLength(38)
})
