import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BSON, Double, type Document } from 'mongodb'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { World } from '../../../src/ports/world.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { restore } from '../../../src/procedures/restore/restore.js'
import type { Choice } from '../../../src/procedures/restore/selection.js'
import { undo } from '../../../src/procedures/restore/undo.js'
import { carriedOut } from '../../fakes/world.js'
import { hashOf, startMongoServer, type MongoServer } from '../../support/mongoServer.js'
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
  await server.client.db('medical_records').dropDatabase()
  await database().collection('patients').insertOne({ name: 'Bobby' })
  return () => rm(folder, { recursive: true, force: true })
})

const database = () => server.client.db('medical_records')

const backUp = async () =>
  (
    await carriedOut(
      await takeBackup.plan({ target: server.target(), compression, safety: false }, world),
      world,
    )
  ).result

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

const takenBack = async () =>
  carriedOut(
    await undo.plan({ target: () => server.target(), safetyBackup: true, compression }, world),
    world,
  )

test('the indexes of a large collection come back as they were, whoever builds them', async () => {
  const large = database().collection('large')
  const text = 'x'.repeat(16_000)
  for (let batch = 0; batch < 9; batch++) {
    const documents = Array.from({ length: 500 }, (_, at) => ({ at: batch * 500 + at, text }))
    await large.insertMany(documents)
  }
  await database().command({
    createIndexes: 'large',
    indexes: [
      { name: 'both', key: { at: 1, text: -1 } },
      { name: 'downwards', key: { at: new Double(-1) }, sparse: true },
      { name: 'when', key: { when: 1 }, expireAfterSeconds: 86_400 },
      { name: 'once', key: { at: 1 }, unique: true },
      { name: 'some', key: { text: 1 }, partialFilterExpression: { at: { $gt: 9 } } },
    ],
  })
  const indexes = async () => {
    const found = await large.listIndexes({ promoteValues: false }).toArray()
    return found.map((index) => BSON.EJSON.stringify(index, { relaxed: false })).sort()
  }
  const before = [await indexes(), await hashOf(server.client)]
  await backUp()
  await large.drop()
  const { events } = await restored()
  expect([await indexes(), await hashOf(server.client)]).toEqual(before)
  expect(events).toContainEqual(
    expect.objectContaining({ kind: 'detail', text: '3 indexes were built side by side' }),
  )
})

describe('a database with', () => {
  test('stored functions (system.js) is restored over itself, and taken back', async () => {
    const functions = database().collection<Document & { _id: string }>('system.js')
    await functions.insertOne({ _id: 'twice', value: 'function (x) { return 2 * x }' })
    await backUp()
    await functions.updateOne({ _id: 'twice' }, { $set: { value: 'DAMAGED' } })
    await functions.insertOne({ _id: 'stray', value: 'x' })
    await restored()
    expect(await functions.find().toArray()).toEqual([
      { _id: 'twice', value: 'function (x) { return 2 * x }' },
    ])
    await takenBack()
    expect(
      (await functions.find().sort({ _id: 1 }).toArray()).map(({ _id, value }) => [
        _id,
        value as string,
      ]),
    ).toEqual([
      ['stray', 'x'],
      ['twice', 'DAMAGED'],
    ])
  })

  test('stored functions is copied with them', async () => {
    await server.client.db('medical_copy').dropDatabase()
    const functions = database().collection<Document & { _id: string }>('system.js')
    await functions.insertOne({ _id: 'twice', value: 'function (x) { return 2 * x }' })
    await backUp()
    await restored({ into: 'medical_copy' })
    const copied = server.client.db('medical_copy').collection('system.js')
    expect(await copied.find().toArray()).toEqual(await functions.find().toArray())
  })

  test('stored functions that the backup does not hold has none afterwards', async () => {
    await backUp()
    const functions = database().collection<Document & { _id: string }>('system.js')
    await functions.insertOne({ _id: 'stray', value: 'x' })
    const { result } = await restored()
    expect(result.dropped).toEqual(['medical_records.system.js'])
    expect(await functions.countDocuments()).toBe(0)
    expect((await restored()).result.dropped).toEqual([])
  })

  test('a view that was made right before the backup', async () => {
    await database().createCollection('adults', {
      viewOn: 'patients',
      pipeline: [{ $match: { name: 'Bobby' } }],
    })
    await backUp()
    await database().dropCollection('adults')
    await database().collection('patients').deleteMany({})
    await restored()
    expect(await database().collection('adults').countDocuments()).toBe(1)
    await server.client.db('medical_copy').dropDatabase()
    await restored({ into: 'medical_copy' })
    const copied = server.client.db('medical_copy').collection('adults')
    expect(await copied.countDocuments()).toBe(1)
  })

  test('a capped collection, whose order is what it is for', async () => {
    await database().createCollection('trail', { capped: true, size: 50_000_000 })
    await database()
      .collection('trail')
      .insertMany(Array.from({ length: 20_000 }, (_, at) => ({ at })))
    await backUp()
    const before = await hashOf(server.client)
    await database().collection('trail').drop()
    await restored()
    const order = await database()
      .collection('trail')
      .find({}, { projection: { at: 1 } })
      .sort({ $natural: 1 })
      .toArray()
    expect(order.every(({ at }, place) => at === place)).toBe(true)
    expect(await hashOf(server.client)).toBe(before)
  })

  test('a time-series that receives data while it is backed up', async () => {
    await database().createCollection('pulse', {
      timeseries: { timeField: 'at', metaField: 'patient' },
    })
    const pulse = database().collection('pulse')
    const writing = new AbortController()
    const writer = (async () => {
      for (let at = 0; !writing.signal.aborted; at++)
        await pulse.insertOne({ at: new Date(at * 3_600_000), patient: at % 50 })
    })()
    while ((await pulse.countDocuments()) < 200)
      await new Promise((resolve) => setTimeout(resolve, 20))
    const backup = await backUp()
    writing.abort()
    await writer
    expect(backup.oplog?.writes['medical_records.system.buckets.pulse']?.inserts).toBeGreaterThan(0)
    await pulse.drop()
    await restored()
    expect(await pulse.countDocuments()).toBeGreaterThanOrEqual(200)
  })
})
