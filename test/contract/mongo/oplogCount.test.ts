import { Binary, deserialize, Int32, Long, Timestamp, UUID, type Document } from 'bson'
import type { ClientSession } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countEntries, notWhole } from '../../../src/adapters/mongo/countEntries.js'
import { asBuffer } from '../../../src/archive/asBuffer.js'
import { pointOf } from '../../../src/archive/oplog/point.js'
import { WriteTally } from '../../../src/archive/oplog/writeTally.js'
import type { Optime } from '../../../src/domain/contents.js'
import type { MongoSession } from '../../../src/ports/mongo.js'
import type { Oplog } from '../../../src/ports/oplog.js'
import { countLive } from '../../../src/procedures/discarded/countLive.js'
import { CountingBound } from '../../../src/procedures/discarded/countingBound.js'
import { FakeOplog } from '../../fakes/oplog.js'
import { startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { realWorld } from '../../support/realWorld.js'

let server: MongoServer
let session: MongoSession
const going = () => new AbortController().signal
const world = () => realWorld('/nowhere')

beforeAll(async () => {
  server = await startMongoServer()
  session = await world().mongo.connect(server.target())
}, 60_000)

afterAll(async () => {
  await session.close()
  await server.remove()
})

const own = (namespace: string) => namespace.startsWith('ward')

/** Both tallies of the same stretch: what the server counts, and what reading every entry counts. */
async function bothTallies(oplog: Oplog, from: Optime, to: Optime) {
  const read = new WriteTally(own)
  for await (const entry of oplog.entries(from, to, going())) read.take(asBuffer(entry))
  const counted = new WriteTally(own)
  const bound = new CountingBound({ seconds: 30, entries: 1_000_000 }, world().clock)
  const stretch = { from, to, isEntry: true, isRead: false }
  expect(await countLive(stretch, oplog, counted, bound, going())).toEqual({})
  return [read, counted].map((tally) => ({
    written: tally.written(),
    operations: tally.operations(),
    entries: tally.entries,
    last: tally.last,
    beganBefore: tally.beganBefore,
  }))
}

const lsid = {
  id: new UUID('00000000-0000-4000-8000-000000000001'),
  uid: new Binary(Buffer.alloc(32, 7)),
}
const first = { ts: new Timestamp({ t: 0, i: 0 }), t: Long.fromInt(-1) }
const later = { ts: new Timestamp({ t: 9, i: 1 }), t: Long.ONE }
const write = (op: string, ns = 'ward.visits') => ({ op, ns, o: { _id: 1 } })
const command = (o: Document, ns = 'admin.$cmd') => ({ op: 'c', ns, o })
const part = (number: number, o: Document, prevOpTime = first) => ({
  ...command(o),
  lsid,
  txnNumber: Long.fromNumber(number),
  prevOpTime,
})
const applyOps = [write('i'), write('d'), write('n'), write('i', 'other.things')]

/** What tests cannot have a single server write. */
const handmade: readonly Document[] = [
  write('i'),
  write('xi'),
  { op: 'n', ns: '', o: { msg: 'periodic noop' } },
  // A retried write refers to the one before it.
  { ...write('u'), lsid, txnNumber: Long.ONE, prevOpTime: later },
  command({ applyOps }),
  part(2, { applyOps }),
  part(3, { applyOps, partialTxn: true }),
  part(4, { applyOps, prepare: true }),
  part(3, { applyOps }, later),
  part(4, { commitTransaction: 1 }, later),
  part(5, { applyOps, prepare: true }),
  part(5, { abortTransaction: 1 }, later),
  part(6, { applyOps }, later),
  { ...part(7, { applyOps }, later), multiOpType: new Int32(1) },
  part(8, { applyOps: [command({ create: 'beds' }, 'ward.$cmd'), write('i', 'ward.beds')] }),
  command({ applyOps: [command({ applyOps })] }),
  command({ applyOps: [] }),
  command({ drop: 'beds' }, 'ward.$cmd'),
  command({ dropDatabase: 1 }, 'ward.$cmd'),
]

async function newest(oplog: Oplog): Promise<Optime> {
  const window = await oplog.window()
  if (!window) throw new Error('an oplog')
  return window.newest
}

describe('what the server counts is what reading every entry counts', () => {
  const db = () => server.client.db('ward')

  test('of writes, commands, transactions of one entry and of several, and of what the server writes for itself', async () => {
    await db().collection('visits').insertOne({ first: true })
    const from = await newest(session.oplog)
    await db()
      .collection('visits')
      .insertMany(Array.from({ length: 5_000 }, (_, at) => ({ _id: at as never, at })))
    await db()
      .collection('visits')
      .updateMany({ at: { $lt: 10 } }, { $set: { seen: true } })
    await db()
      .collection('visits')
      .deleteMany({ at: { $lt: 5 } })
    await server.client.db('other').collection('things').insertOne({ a: 1 })
    await db()
      .collection('visits')
      .aggregate([{ $limit: 3 }, { $out: 'report' }])
      .toArray()
    await db().collection('report').createIndex({ at: 1 }, {}, {})
    await db().createCollection('readings', { timeseries: { timeField: 'at' } })
    await db().collection('readings').insertOne({ at: new Date(), pulse: 70 })
    await db().collection('report').drop()
    await server.client.db('admin').command({ appendOplogNote: 1, data: { note: 1 } })
    await inTransaction(async (own) => {
      await db().collection('visits').insertOne({ at: 1 }, { session: own })
      await db().collection('beds').insertOne({ at: 1 }, { session: own })
      await server.client.db('other').collection('things').insertOne({ a: 2 }, { session: own })
    })
    await inTransaction(async (own) => {
      for (let at = 0; at < 4; at++)
        await db()
          .collection('visits')
          .insertOne({ at, text: 'x'.repeat(6_000_000) }, { session: own })
    })
    const to = await newest(session.oplog)
    const [read, counted] = await bothTallies(session.oplog, from, to)
    expect(counted).toEqual(read)
    expect(counted?.written['ward.visits']).toMatchObject({
      inserts: 5_006,
      updates: 10,
      deletes: 5,
    })
    expect(counted?.entries).toBeGreaterThan(5_020)
  }, 60_000)

  async function inTransaction(work: (own: ClientSession) => Promise<void>): Promise<void> {
    const own = server.client.startSession()
    await own.withTransaction(() => work(own))
    await own.endSession()
  }

  test('of an oplog that is made by hand, on the fake', async () => {
    const oplog = new FakeOplog()
    const from = oplog.write().point.at
    for (const fields of handmade) oplog.write(fields)
    const [read, counted] = await bothTallies(oplog, from, await newest(oplog))
    expect(counted).toEqual(read)
    expect(counted?.operations).toBeGreaterThan(8)
  })

  test('of the same oplog, on a mongod: prepared transactions, retried batches, commands in transactions', async () => {
    const oplog = new FakeOplog()
    for (const fields of handmade) oplog.write(fields)
    const collection = server.client.db('made').collection('oplog')
    const entries = oplog.entriesHeld.map(({ bytes, point }) => ({ bytes, at: point.at }))
    for (const { bytes } of entries)
      await collection.insertOne(deserialize(bytes, { promoteValues: false }))
    const [first, last] = [entries[0]?.at, entries.at(-1)?.at]
    if (!first || !last) throw new Error('entries')
    const stretch = { from: first, to: last, most: 1_000 }
    const counted = await countEntries(collection, stretch, 10_000, going())
    const expected = await oplog.count(stretch, 10_000, going())
    if (typeof counted === 'string' || typeof expected === 'string') throw new Error('counted')
    const inOrder = ({ writes, ...rest }: typeof counted) => ({
      ...rest,
      writes: summed(writes),
    })
    expect(inOrder(counted)).toEqual(inOrder(expected))
    const apart = await collection.find(notWhole).sort({ ts: 1 }).toArray()
    const wanted: Optime[] = []
    for await (const bytes of oplog.apart(first, last, going())) wanted.push(pointOf(bytes).at)
    expect(apart.map(({ ts }) => secondsOf(ts))).toEqual(wanted.map(({ seconds }) => seconds))
    expect(wanted.length).toBeGreaterThan(5)
  })

  test('ends after so many entries, and where it takes too long', async () => {
    const to = await newest(session.oplog)
    const window = await session.oplog.window()
    if (!window) throw new Error('an oplog')
    const stretch = { from: window.oldest, to, most: 7 }
    expect(await session.oplog.count(stretch, 10_000, going())).toMatchObject({ entries: 7 })
    const nothing = { from: { seconds: to.seconds + 9, ordinal: 1 }, to, most: 7 }
    expect(await session.oplog.count(nothing, 10_000, going())).toEqual({ entries: 0, writes: [] })
    const stopped = AbortSignal.abort(new Error('enough'))
    await expect(session.oplog.count(stretch, 10_000, stopped)).rejects.toThrow('enough')
  })
})

function summed(writes: readonly { operation: string; namespace: string; count: number }[]) {
  const counts: Record<string, number> = {}
  for (const { operation, namespace, count } of writes)
    counts[`${operation} ${namespace}`] = (counts[`${operation} ${namespace}`] ?? 0) + count
  return counts
}

function secondsOf(ts: unknown): number {
  return (ts as Timestamp).t
}
