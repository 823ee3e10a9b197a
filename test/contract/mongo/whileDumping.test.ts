import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Db } from 'mongodb'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { DumpTools } from '../../../src/ports/tools.js'
import type { World } from '../../../src/ports/world.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { restore } from '../../../src/procedures/restore/restore.js'
import type { Choice } from '../../../src/procedures/restore/selection.js'
import { carriedOut } from '../../fakes/world.js'
import { loadPatients, startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { realWorld } from '../../support/realWorld.js'

const compression = { level: 1, workers: 2, blockBytes: 256 * 1024 }
let server: MongoServer
let folder: string
let world: World

beforeAll(async () => {
  server = await startMongoServer()
})
afterAll(async () => {
  await server.remove()
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-world-'))
  world = realWorld(folder)
  for (const name of ['medical_records', 'medical_copy']) {
    await server.client.db(name).dropDatabase()
  }
  // More than mongodump and every pipe can hold: it waits until somebody reads on.
  await loadPatients(server.client, 20_000, 4_000)
  const db = database()
  await db.createCollection('kept', { viewOn: 'audit_trail', pipeline: [] })
  await db.createCollection('changed', { viewOn: 'audit_trail', pipeline: [] })
  await db.createCollection('dropped', { viewOn: 'audit_trail', pipeline: [] })
  await db.createCollection('pulse', { timeseries: { timeField: 'at', metaField: 'patient' } })
  await db.collection('pulse').insertOne({ at: new Date(0), patient: 1 })
  return () => rm(folder, { recursive: true, force: true })
})

const database = (name = 'medical_records') => server.client.db(name)

/** Does something when the dump has begun, and is far from its end. */
function amidDump(during: () => Promise<void>): World {
  const amid = (tools: DumpTools): DumpTools => ({
    ...tools,
    async dump(target, request, signal) {
      const run = await tools.dump(target, request, signal)
      async function* raw() {
        let begun = false
        for await (const chunk of run.raw) {
          yield chunk
          if (!begun) await during()
          begun = true
        }
      }
      return { ...run, raw: raw() }
    },
  })
  const choose: World['tools']['choose'] = async (target) => {
    const { tools, because } = await world.tools.choose(target)
    return { tools: amid(tools), because }
  }
  return { ...world, tools: { choose } }
}

const backUpWhile = async (during: () => Promise<void>) => {
  const there = amidDump(during)
  const request = { target: server.target(), compression, safety: false }
  return (await carriedOut(await takeBackup.plan(request, there), there)).result
}

const restored = async (choice: Choice = {}) => {
  const request = {
    target: server.target(),
    wanted: { kind: 'latest' as const },
    choice,
    safetyBackup: true,
    allowVersionMismatch: false,
    compression,
  }
  return carriedOut(await restore.plan(request, world), world)
}

const told: ReadonlySet<string> = new Set(['viewOn', 'pipeline', 'timeseries', 'collation'])

/** What there is, by name: how many documents, and on what a view looks. */
async function shape(db: Db): Promise<unknown> {
  const listed = await db.listCollections({}, { nameOnly: false }).toArray()
  const shapes = listed
    .filter(({ name }) => !name.startsWith('system.'))
    .map(async ({ name, type, options }) => {
      const kept = Object.entries(options ?? {}).filter(([option]) => told.has(option))
      const documents = await db.collection(name).countDocuments()
      return [name, { type, documents, options: Object.fromEntries(kept) }] as const
    })
  return Object.fromEntries(await Promise.all(shapes))
}

test('what is made, changed and dropped while a backup is taken comes back as it was at its end', async () => {
  const backup = await backUpWhile(async () => {
    const db = database()
    const pipeline = [{ $match: { at: { $lt: 10 } } }]
    await db.createCollection('made', {
      viewOn: 'audit_trail',
      pipeline,
      collation: { locale: 'de', strength: 2 },
    })
    await db.command({ collMod: 'changed', viewOn: 'audit_trail', pipeline })
    await db.collection('dropped').drop()
    await db.createCollection('breath', {
      timeseries: { timeField: 'at', metaField: 'patient', granularity: 'minutes' },
    })
    await db.collection('breath').insertOne({ at: new Date(0), patient: 1 })
    await db.collection('pulse').insertOne({ at: new Date(3_600_000 * 24), patient: 2 })
    await db.collection('young').insertMany([{ _id: 1 as never }, { _id: 2 as never }])
  })
  const then = await shape(database())
  expect(backup.oplog?.views?.toSorted()).toEqual(
    ['breath', 'changed', 'dropped', 'made'].map((name) => `medical_records.${name}`),
  )
  // Right after the backup it is over everything: what stands in the way of a replay too.
  const db = database()
  await db.collection('made').drop()
  await db.createCollection('made', { viewOn: 'healthcare_data', pipeline: [] })
  await db.collection('changed').drop()
  await db.createCollection('dropped', { viewOn: 'healthcare_data', pipeline: [] })
  await db.collection('breath').insertOne({ at: new Date(3_600_000_000), patient: 7 })
  await db.collection('young').insertOne({ _id: 3 as never })
  await db.collection('young').deleteOne({ _id: 1 as never })
  await db.collection('stray').insertOne({})
  const plan = await restored()
  expect(await shape(database())).toEqual(then)
  expect(plan.result.dropped).toEqual(['medical_records.stray'])

  await restored({ into: 'medical_copy' })
  expect(await shape(database('medical_copy'))).toEqual(then)
})
