import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { Binary, Decimal128, Double, Int32, Long, UUID } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { trial, type TrialRequest } from '../../../src/procedures/trial/trial.js'
import { carriedOut, compression } from '../../fakes/world.js'
import { cleanUp } from '../../support/cleanUp.js'
import {
  loadPatients,
  mongoImage,
  startMongoServer,
  type MongoServer,
} from '../../support/mongoServer.js'
import { realWorld } from '../../support/realWorld.js'

const made = cleanUp()
let server: MongoServer
let folder: string
let id: string

beforeAll(async () => {
  folder = made.made(await mkdtemp(join(tmpdir(), 'ops-trial-')), (path) =>
    rm(path, { recursive: true, force: true }),
  )
  server = made.made(await startMongoServer(), (one) => one.remove())
  await loadPatients(server.client)
  const db = server.client.db('medical_records')
  // Every kind of `_id` that is not the same value under another type.
  const kinds = [new Int32(1), new Double(2), Long.fromNumber(3), 'four', { a: 1 }, new Date(5)]
  const rare = [new UUID(), new Binary(Buffer.from('seven')), Decimal128.fromString('8'), true]
  await db
    .collection<{ _id: unknown; value: unknown }>('kinds')
    .insertMany([...kinds, ...rare].map((_id) => ({ _id, value: new Double(1) })))
  await db.createCollection('last', { capped: true, size: 4096, max: 10 })
  await db.collection('last').insertMany(Array.from({ length: 10 }, (_, at) => ({ at })))
  await db.createCollection('checked', {
    validator: { at: { $gte: 1 } },
    collation: { locale: 'de' },
  })
  await db.collection('checked').insertOne({ at: 1 })
  await db.createCollection('old', {
    viewOn: 'healthcare_data',
    pipeline: [{ $match: { age: 1 } }],
  })
  await db.createCollection('pulse', { timeseries: { timeField: 'at', metaField: 'bed' } })
  await db
    .collection('pulse')
    .insertMany(Array.from({ length: 30 }, (_, at) => ({ at: new Date(at * 1000), bed: at % 3 })))
  await db.createCollection('visits')
  await db.collection('visits').createIndexes([{ key: { at: 1 }, expireAfterSeconds: 1_000_000 }])
  await db.collection('visits').insertOne({ at: new Date() })
  const plan = await takeBackup.plan(
    { target: server.target(), compression, safety: false },
    realWorld(folder),
  )
  id = (await carriedOut(plan, realWorld(folder))).result.id
})
afterAll(() => made.all())

async function tested(changes: Partial<TrialRequest> = {}, signal?: AbortSignal) {
  const world = realWorld(folder)
  const plan = await trial.plan({ target: server.target(), ...changes }, world)
  return carriedOut(plan, world, signal)
}

/** Scratch servers of this very process: other tests may have some of their own. */
async function ownScratchServers(): Promise<readonly string[]> {
  const filters = ['label=ops.purpose=scratch', `label=ops.owner.pid=${process.pid.toString()}`]
  const argv = filters.flatMap((filter) => ['--filter', filter])
  const { stdout } = await execa('docker', ['ps', '--all', '--quiet', ...argv])
  return stdout.split('\n').filter((line) => line !== '')
}

describe('a trial restore', () => {
  test('brings every kind of collection back, byte for byte, and leaves nothing behind', async () => {
    const { result, warnings } = await tested()

    // What somebody else's killed run left on this engine is removed and told.
    expect(warnings.filter((text) => !text.startsWith('removed container'))).toEqual([])
    expect(result).toMatchObject({ id, trust: 'restore-tested', serverVersion: '6.0.5' })
    expect(result.collections['medical_records.healthcare_data']).toEqual({
      documents: 5_000,
      expected: 5_000,
    })
    // The newest write before a dump is the first entry of its oplog: that document may be left out.
    expect([0, 1]).toContain(100 + 50 + 10 + 10 + 1 + 3 + 1 - result.sampled)
    expect(result.validated).toBe(7)
    expect(await ownScratchServers()).toEqual([])

    const [entry] = await realWorld(folder).shelf(server.target()).list()
    expect(entry?.manifest).toMatchObject({
      trust: 'restore-tested',
      tested: { serverVersion: '6.0.5', documents: result.documents, sampled: result.sampled },
    })
  })

  test('runs where nothing reaches it: no network, no port, no volume, bounded memory', async () => {
    const world = realWorld(folder)
    const seen: string[] = []
    const watched = {
      ...world,
      ownContainers: {
        sweep: () => world.ownContainers.sweep(),
        start: async (...given: Parameters<typeof world.ownContainers.start>) => {
          const container = await world.ownContainers.start(...given)
          seen.push((await execa('docker', ['inspect', container.id])).stdout)
          return container
        },
      },
    }
    await carriedOut(await trial.plan({ target: server.target(), id }, watched), watched)

    const [inspected] = JSON.parse(seen[0] ?? '[]') as {
      HostConfig: Record<string, unknown>
      NetworkSettings: { Ports: unknown }
      Mounts: { Type: string; RW: boolean }[]
    }[]
    expect(inspected?.HostConfig).toMatchObject({
      NetworkMode: 'none',
      PortBindings: {},
      Memory: 2 * 1024 ** 3,
      CapDrop: ['ALL'],
    })
    expect(inspected?.NetworkSettings.Ports).toEqual({})
    expect(inspected?.Mounts.filter(({ Type: type }) => type === 'bind')).toEqual([])
  })

  test('is over and leaves nothing when it is interrupted half-way', async () => {
    const stop = new AbortController()
    const world = realWorld(folder)
    const interrupted = {
      ...world,
      tools: {
        choose: async (target: Parameters<typeof world.tools.choose>[0]) => {
          const { tools, because } = await world.tools.choose(target)
          const restore: typeof tools.restore = (on, request, source, signal) => {
            async function* half() {
              for await (const chunk of source) {
                yield chunk
                stop.abort(new Failure('interrupted', 'INTERRUPTED', 'interrupted', []))
              }
            }
            return tools.restore(on, request, half(), signal)
          }
          return { because, tools: { ...tools, restore } }
        },
      },
    }
    const plan = await trial.plan({ target: server.target(), id }, interrupted)
    await expect(carriedOut(plan, interrupted, stop.signal)).rejects.toMatchObject({
      code: 'INTERRUPTED',
    })
    expect(await ownScratchServers()).toEqual([])
  })

  test('says that nothing is known where the scratch server ends half-way', async () => {
    const world = realWorld(folder)
    let end = async () => Promise.resolve()
    const cutOff = {
      ...world,
      ownContainers: {
        sweep: () => world.ownContainers.sweep(),
        start: async (...given: Parameters<typeof world.ownContainers.start>) => {
          const container = await world.ownContainers.start(...given)
          end = () => container.kill('SIGKILL')
          return container
        },
      },
      mongo: {
        connect: async (...given: Parameters<typeof world.mongo.connect>) => {
          const session = await world.mongo.connect(...given)
          return {
            ...session,
            validate: async (...what: Parameters<typeof session.validate>) => {
              await end()
              return session.validate(...what)
            },
          }
        },
      },
    }
    const before = (await trustOf(id)) ?? ''
    const plan = await trial.plan({ target: server.target(), id }, cutOff)
    await expect(carriedOut(plan, cutOff)).rejects.toMatchObject({
      kind: 'environment',
      code: 'TRIAL_CUT_OFF',
    })
    expect(await trustOf(id)).toBe(before)
    expect(await ownScratchServers()).toEqual([])
  })

  test('ends with an environment error, trust untouched, in an image without a mongod', async () => {
    const image = (await execa('docker', ['build', '--quiet', '-'], { input: withoutMongod() }))
      .stdout
    made.made(image, (one) => execa('docker', ['image', 'rm', one]))
    const before = await trustOf(id)
    await expect(tested({ id, image })).rejects.toMatchObject({
      kind: 'environment',
      code: 'SCRATCH_NOT_READY',
    })
    expect(await trustOf(id)).toBe(before)
    expect(await ownScratchServers()).toEqual([])
  })
})

const withoutMongod = () =>
  `FROM ${mongoImage()}\nLABEL ops.test=trial\nRUN rm -f "$(command -v mongod)"\n`

async function trustOf(which: string) {
  const entries = await realWorld(folder).shelf(server.target()).list()
  return entries.find(({ manifest }) => manifest.id === which)?.manifest.trust
}
