import { deserialize } from 'bson'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pointOf } from '../../../src/archive/oplog/point.js'
import { SliceTally } from '../../../src/archive/oplog/sliceTally.js'
import { compareOptimes, isAfter } from '../../../src/domain/oplog/optime.js'
import type { MongoSession } from '../../../src/ports/mongo.js'
import type { Oplog } from '../../../src/ports/oplog.js'
import { FakeOplog } from '../../fakes/oplog.js'
import { startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { realWorld } from '../../support/realWorld.js'

let server: MongoServer
let session: MongoSession
const going = () => new AbortController().signal

beforeAll(async () => {
  server = await startMongoServer()
  session = await realWorld('/nowhere').mongo.connect(server.target())
}, 60_000)

afterAll(async () => {
  await session.close()
  await server.remove()
})

async function all(entries: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const found: Uint8Array[] = []
  for await (const entry of entries) found.push(Buffer.from(entry))
  return found
}

const fake = new FakeOplog()
const kinds = [
  [
    'a mongod',
    () => session.oplog,
    async (count: number) => {
      await server.client
        .db('medical_records')
        .collection('patients')
        .insertMany(Array.from({ length: count }, (_, at) => ({ at })))
    },
  ],
  [
    'the fake',
    (): Oplog => fake,
    (count: number) => {
      for (let at = 0; at < count; at++)
        fake.write({ op: 'i', ns: 'medical_records.patients', o: { at } })
      return Promise.resolve()
    },
  ],
] as const

describe.each(kinds)('the oplog of %s', (_name, open, write) => {
  test('tells its edges, and has the entries there', async () => {
    await write(3)
    const window = await open().window()
    if (!window) throw new Error('an oplog')
    expect(isAfter(window.newest, window.oldest)).toBe(true)
    expect(window.replicaSetId).toMatch(/^[0-9a-f]+$/)
    for (const at of [window.oldest, window.newest]) {
      const entry = await open().entryAt(at)
      expect(entry && pointOf(entry).at).toEqual(at)
    }
    const nowhere = { ...window.oldest, seconds: window.oldest.seconds - 100 }
    expect(await open().entryAt(nowhere)).toBeUndefined()
  })

  test('gives every entry from one to another, both included, in order and byte for byte', async () => {
    await write(1)
    const from = (await open().window())?.newest
    await write(20)
    const to = (await open().window())?.newest
    if (!from || !to) throw new Error('an oplog')
    const entries = await all(open().entries(from, to, going()))
    const points = entries.map((entry) => pointOf(entry))
    expect(points[0]?.at).toEqual(from)
    expect(points.at(-1)?.at).toEqual(to)
    const inOrder = points.toSorted((one, other) => compareOptimes(one.at, other.at))
    expect(points).toEqual(inOrder)
    expect(entries.filter(isInsert).length).toBeGreaterThanOrEqual(20)
    const again = await open().entryAt(to)
    expect(again && pointOf(again)).toEqual(points.at(-1))
  })

  test('stops where it is told to', async () => {
    await write(5)
    const window = await open().window()
    if (!window) throw new Error('an oplog')
    const stop = new AbortController()
    const reason = new Error('enough')
    const reading = all(
      (async function* () {
        for await (const entry of open().entries(window.oldest, window.newest, stop.signal)) {
          stop.abort(reason)
          yield entry
        }
      })(),
    )
    // A batch that came already may be read to its end; then it must stop.
    await expect(
      reading.then(() => {
        stop.signal.throwIfAborted()
      }),
    ).rejects.toBe(reason)
  })
})

function isInsert(entry: Uint8Array): boolean {
  return deserialize(entry)['op'] === 'i'
}

describe('what a mongod writes into its oplog', () => {
  async function tallied(work: () => Promise<unknown>) {
    const from = (await session.oplog.window())?.newest
    await work()
    const to = (await session.oplog.window())?.newest
    if (!from || !to) throw new Error('an oplog')
    const [first, ...rest] = await all(session.oplog.entries(from, to, going()))
    if (!first) throw new Error('an entry')
    const tally = new SliceTally(pointOf(first))
    for (const entry of rest) tally.add(entry)
    return tally.contents()
  }
  const db = () => server.client.db('medical_records')

  test('$out, a rename and convertToCapped are all taken by the splice, so that nothing is said of them', async () => {
    await db().collection('source').insertOne({ a: 1 })
    const found = await tallied(async () => {
      await db()
        .collection('source')
        .aggregate([{ $out: 'target' }])
        .toArray()
      await db().collection('target').rename('other')
      await db().command({ convertToCapped: 'other', size: 4096 })
      await db()
        .collection('source')
        .createIndexes([{ key: { a: 1 } }])
    })
    expect(found.refusals).toBeUndefined()
  })

  test('what all time-series, views and changes of collections leave is taken as well', async () => {
    const { refusals } = await tallied(async () => {
      await db().createCollection('series', {
        timeseries: { timeField: 'at', metaField: 'who', granularity: 'seconds' },
      })
      await db().collection('series').insertOne({ at: new Date(), who: 1, pulse: 70 })
      await db().command({ collMod: 'series', timeseries: { granularity: 'minutes' } })
      await db().createCollection('seen', { viewOn: 'source', pipeline: [] })
      await db().command({ collMod: 'seen', viewOn: 'source', pipeline: [{ $match: { a: 1 } }] })
      await db()
        .collection('source')
        .createIndexes([{ key: { b: 1 } }])
      await db().command({ collMod: 'source', index: { name: 'b_1', hidden: true } })
      await db().command({ collMod: 'source', validator: { a: { $gt: 0 } } })
      await db().collection('source').dropIndex('b_1')
    })
    expect(refusals).toBeUndefined()
  })

  test('a document of nearly 16 MiB and a change of the feature version are refused, each by name', async () => {
    const set = (version: string) =>
      server.client.db('admin').command({ setFeatureCompatibilityVersion: version })
    const { refusals = [] } = await tallied(async () => {
      await db()
        .collection('images')
        .insertOne({ text: 'x'.repeat(16 * 1024 * 1024 - 100) })
      await set('5.0')
    })
    expect(refusals[0]?.what).toMatch(/^an entry of \d+ bytes on medical_records\.images/)
    expect(refusals.at(-1)?.what).toBe('a change of the feature compatibility version')
    await set('6.0')
  })

  test('a transaction of more than 16 MB is open until its last entry', async () => {
    const patients = db().collection('large')
    await patients.insertOne({ first: true })
    const before = (await session.oplog.window())?.newest
    const own = server.client.startSession()
    await own.withTransaction(async () => {
      for (let at = 0; at < 4; at++)
        await patients.insertOne({ at, text: 'x'.repeat(6_000_000) }, { session: own })
    })
    await own.endSession()
    const to = (await session.oplog.window())?.newest
    if (!before || !to) throw new Error('an oplog')
    const [first, ...rest] = await all(session.oplog.entries(before, to, going()))
    if (!first) throw new Error('an entry')
    const tally = new SliceTally(pointOf(first))
    const open = rest.map((entry) => {
      tally.add(entry)
      return tally.contents().openTransactions.length
    })
    expect(Math.max(...open)).toBe(1)
    expect(open.at(-1)).toBe(0)
  })
})

test('a standalone has no oplog', async () => {
  const alone = await startMongoServer({ standalone: true })
  try {
    const { mongo } = realWorld('/nowhere')
    const other = await mongo.connect(alone.target())
    expect(await other.oplog.window()).toBeUndefined()
    await other.close()
  } finally {
    await alone.remove()
  }
})
