import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Optime } from '../../../src/domain/contents.js'
import { isAfter } from '../../../src/domain/oplog/optime.js'
import type { Target } from '../../../src/domain/target.js'
import type { MongoSession } from '../../../src/ports/mongo.js'
import type { World } from '../../../src/ports/world.js'
import { takeBackup } from '../../../src/procedures/backup/takeBackup.js'
import { takeSlices } from '../../../src/procedures/oplog/takeSlices.js'
import { replay } from '../../../src/procedures/replay/replay.js'
import { restore } from '../../../src/procedures/restore/restore.js'
import { modelOf } from '../../e2e/dr/ward.js'
import { carriedOut } from '../../fakes/world.js'
import { startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { realWorld } from '../../support/realWorld.js'

const compression = { level: 1, workers: 2, blockBytes: 4 * 1024 * 1024 }
const { signal } = new AbortController()
let server: MongoServer
let folder: string
let target: Target
let world: World
/** The oldest entry that the oplog still has; all of them where it is absent. */
let oldest: Optime | undefined

interface Visit {
  readonly _id: number
  readonly n: number
}

const visits = () => server.client.db('medical_records').collection<Visit>('visits')
const model = () => modelOf(server.client, 'medical_records', 'visits')

/** An oplog that has lost what is older: a real one takes gigabytes of writes to get there. */
function forgetful(session: MongoSession): MongoSession {
  const { oplog } = session
  const kept = (from: Optime) => (oldest && isAfter(oldest, from) ? oldest : from)
  return {
    ...session,
    oplog: {
      window: async () => {
        const window = await oplog.window()
        return window && { ...window, oldest: kept(window.oldest), whole: false }
      },
      entryAt: async (at) => (kept(at) === at ? oplog.entryAt(at) : undefined),
      entries: (from, to, ...rest) => oplog.entries(kept(from), to, ...rest),
      count: (stretch, ...rest) => oplog.count({ ...stretch, from: kept(stretch.from) }, ...rest),
      apart: (from, to, ...rest) => oplog.apart(kept(from), to, ...rest),
    },
  }
}

async function sliced(): Promise<Optime> {
  const watch = { signal, warn: () => undefined }
  const { slices } = await takeSlices({ target, compression, command: 'pitr slice' }, world, watch)
  const end = slices.at(-1)?.end.at
  if (!end) throw new Error('a slice')
  return end
}

beforeAll(async () => {
  server = await startMongoServer()
  folder = await mkdtemp(join(tmpdir(), 'ops-from-slices-'))
  target = server.target()
  const real = realWorld(folder)
  const connect: World['mongo']['connect'] = async (...asked) =>
    forgetful(await real.mongo.connect(...asked))
  world = { ...real, mongo: { connect } }
}, 60_000)

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await server.remove()
})

test('what has left the oplog is kept from slices, what has not from the oplog, and all of it is played back', async () => {
  await visits().insertMany(Array.from({ length: 20 }, (_, _id) => ({ _id, n: 0 })))
  const backup = { target, compression, safety: false }
  await carriedOut(await takeBackup.plan(backup, world), world)
  await visits().insertOne({ _id: 100, n: 0 })
  await visits().updateOne({ _id: 1 }, { $inc: { n: 1 } })
  await sliced()
  await server.client.withSession((session) =>
    session.withTransaction(async () => {
      await visits().insertOne({ _id: 101, n: 0 }, { session })
      await visits().deleteOne({ _id: 2 }, { session })
    }),
  )
  const end = await sliced()
  await visits().updateOne({ _id: 100 }, { $inc: { n: 2 } })
  await visits().insertOne({ _id: 102, n: 0 })
  const then = await model()
  oldest = end
  const wanted = {
    ...{ target, wanted: { kind: 'latest' as const }, choice: {}, safetyBackup: true },
    ...{ allowVersionMismatch: false, compression, keepDiscarded: true },
  }
  const { receipt } = await carriedOut(await restore.plan(wanted, world), world)
  const { kept } = await world.keptWrites(target).holdings()
  expect(kept).toMatchObject([{ operations: 6, lacks: [], exact: true }])
  expect(receipt?.keptWrites?.id).toBe(kept[0]?.id)
  expect(await visits().countDocuments()).toBe(20)
  const asked = {
    ...{ target, choice: { without: [], withDeletions: false }, safetyBackup: false },
    ...{ compression, signal },
  }
  const { result } = await carriedOut(await replay.plan(asked, world), world)
  expect(result).toMatchObject({ conflicts: 0, documents: 5, proved: 5 })
  expect(await model()).toEqual(then)
}, 120_000)
