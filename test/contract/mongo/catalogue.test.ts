import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BSON } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MongoSession } from '../../../src/ports/mongo.js'
import { startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { realWorld } from '../../support/realWorld.js'

let server: MongoServer
let folder: string
let session: MongoSession

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-catalogue-'))
  server = await startMongoServer()
  session = await realWorld(folder).mongo.connect(server.target())
}, 60_000)
afterAll(async () => {
  await session.close()
  await server.remove()
  await rm(folder, { recursive: true, force: true })
})

test('what a server defines is told of the databases asked for, without what is its own', async () => {
  const db = server.client.db('clinic')
  await db.createCollection('ring', { capped: true, size: 4096 })
  await db.collection('notes').createIndex({ text: -1 }, { name: 'by text', sparse: true }, {})
  await db.createCollection('urgent', {
    viewOn: 'notes',
    pipeline: [{ $match: { n: new BSON.BSONRegExp('^a', 'ix') } }],
  })
  await server.client.db('other').collection('things').insertOne({})
  expect(await session.catalogue(['clinic'])).toEqual({
    'clinic.notes': {
      type: 'collection',
      options: {},
      indexes: [{ name: 'by text', key: { text: -1 }, options: { sparse: true } }],
    },
    'clinic.ring': { type: 'collection', options: { capped: true, size: 4096 }, indexes: [] },
    'clinic.urgent': {
      type: 'view',
      options: {
        viewOn: 'notes',
        pipeline: [{ $match: { n: { $regularExpression: { pattern: '^a', options: 'ix' } } } }],
      },
      indexes: [],
    },
  })
  expect(await session.catalogue(['nowhere'])).toEqual({})
})

test('a time-series of which a replay made the buckets is finished: view, granularity, indexes', async () => {
  const db = server.client.db('ward')
  const options = { timeseries: { timeField: 'at', metaField: 'bed', granularity: 'seconds' } }
  await db.createCollection('pulse', options)
  await db.collection('pulse').insertOne({ at: new Date(0), bed: 1 })
  // As a replay leaves it: the buckets alone.
  const [{ options: stored } = {}] = (await db
    .listCollections({ name: 'system.buckets.pulse' }, { nameOnly: false })
    .toArray()) as unknown as { options: BSON.Document }[]
  const buckets = await db.collection('system.buckets.pulse').find().toArray()
  await db.dropCollection('pulse')
  const ts = new BSON.Timestamp({ t: 1, i: 1 })
  const o = { create: 'system.buckets.pulse', ...stored }
  const create = { ts, t: 1n, v: 2n, op: 'c', ns: 'ward.$cmd', o }
  const inserts = buckets.map((bucket) => ({
    ...{ ts, t: 1n, v: 2n, op: 'i', ns: 'ward.system.buckets.pulse' },
    o: bucket,
  }))
  const applied = await session.appliedOperations()
  expect(await session.strayBuckets(['ward', 'nowhere'])).toEqual([])
  await server.client.db('admin').command({ applyOps: [create] })
  await server.client.db('admin').command({ applyOps: inserts })
  // What a replay gets on with is counted, and buckets without their time-series are named although no list shows them.
  expect(await session.appliedOperations()).toBe((applied ?? 0) + 2)
  expect(await session.namespaces(['ward'], 'exactly')).toEqual([])
  expect(await session.strayBuckets(['ward', 'nowhere'])).toEqual([
    { database: 'ward', collection: 'system.buckets.pulse', documents: 1 },
  ])

  const index = { v: 2, key: { bed: 1, at: 1 }, name: 'by bed' }
  await session.putSeries({
    database: 'ward',
    series: 'pulse',
    made: true,
    change: BSON.serialize({ granularity: 'minutes' }),
    indexes: [BSON.serialize(index)],
  })
  expect(await db.collection('pulse').countDocuments({ bed: 1 })).toBe(1)
  expect(await session.strayBuckets(['ward'])).toEqual([])
  expect(await session.catalogue(['ward'])).toEqual({
    'ward.pulse': {
      type: 'timeseries',
      options: { timeseries: { timeField: 'at', metaField: 'bed', granularity: 'minutes' } },
      indexes: [{ name: 'by bed', key: { bed: 1, at: 1 }, options: {} }],
    },
  })
})
