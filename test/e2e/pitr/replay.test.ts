import { createHash } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { KeptWritesManifest } from '../../../src/domain/keptWrites.js'
import type { Replayed } from '../../../src/procedures/replay/replay.js'
import type { RestoreResult } from '../../../src/procedures/restore/restore.js'
import { ops, placeFor, type Place } from '../../support/cli.js'
import { nothingSecret } from '../../support/invariants.js'
import { startMongoServer, type MongoServer } from '../../support/mongoServer.js'

interface Visit {
  readonly _id: number
  n: number
  where?: { ward: string; bed: number }
  seen?: readonly number[]
  late?: boolean
}

/** What the documents should be, by id. */
type Model = Map<number, Visit>

let server: MongoServer
let place: Place
const database = 'medical_records'
const model: Model = new Map()
let kept = ''

const visits = () => server.client.db(database).collection<Visit>('visits')

async function result<Result>(argv: readonly string[], exitCode = 0): Promise<Result> {
  const ended = await ops(place, [...argv, '--json'])
  expect(ended.exitCode, ended.stderr + ended.stdout).toBe(exitCode)
  nothingSecret(ended)
  return (JSON.parse(ended.stdout) as { result: Result }).result
}

async function failing(argv: readonly string[]) {
  const ended = await ops(place, [...argv, '--json'])
  const { error } = JSON.parse(ended.stdout) as { error: { code: string } }
  return { exitCode: ended.exitCode, code: error.code }
}

/** Every document by its hash, as the server has them, and as a model says. */
async function expectAs(expected: Model): Promise<void> {
  const hashOf = (document: unknown) =>
    createHash('sha256').update(JSON.stringify(document)).digest('hex')
  const found = await visits().find().sort({ _id: 1 }).toArray()
  const wanted = [...expected.values()].sort((one, other) => one._id - other._id)
  expect(found.map(hashOf)).toEqual(wanted.map(hashOf))
}

/** More than 700 writes: some hundred good ones, and one that deletes what it should not. */
async function writeOn(): Promise<void> {
  const fresh = Array.from({ length: 200 }, (_, at): Visit => ({ _id: 1_000 + at, n: at }))
  await visits().insertMany(fresh)
  for (const one of fresh) model.set(one._id, { ...one })
  await visits().updateMany({ _id: { $lt: 150 } }, { $set: { 'where.bed': 7 }, $push: { seen: 1 } })
  for (let id = 0; id < 150; id++) {
    const one = model.get(id)
    if (one) model.set(id, { ...one, where: { ward: 'A', bed: 7 }, seen: [0, 1] })
  }
  await visits().deleteOne({ _id: 499 })
  model.delete(499)
  await server.client.withSession((session) =>
    session.withTransaction(async () => {
      await visits().insertOne({ _id: 2_000, n: 0 }, { session })
      await visits().updateOne({ _id: 1_000 }, { $set: { late: true } }, { session })
    }),
  )
  model.set(2_000, { _id: 2_000, n: 0 })
  model.set(1_000, { _id: 1_000, n: 0, late: true })
  const bad = await visits().deleteMany({ _id: { $gte: 100, $lt: 450 } })
  expect(bad.deletedCount).toBe(350)
}

beforeAll(async () => {
  server = await startMongoServer()
  place = await placeFor(server)
  for (let id = 0; id < 500; id++)
    model.set(id, { _id: id, n: id, where: { ward: 'A', bed: 1 }, seen: [0] })
  await visits().insertMany([...model.values()])
  await result(['backup'])
  await writeOn()
}, 60_000)

afterAll(async () => {
  await place.remove()
  await server.remove()
})

test('a restore keeps the writes that it discards, and says where', async () => {
  const { plan } = await result<{ plan: { facts: [string, string][] } }>(['restore', '--dry-run'])
  expect(new Map(plan.facts).get('Writes since')).toContain('ops pitr replay medical-')
  const { discardedWrites } = await result<RestoreResult>(['restore', '--confirm', 'medical'])
  if (!discardedWrites) throw new Error('they are kept')
  kept = discardedWrites.id
  expect(discardedWrites.operations).toBe(703)
  const { mode } = await stat(discardedWrites.file)
  expect(mode & 0o777).toBe(0o600)
  const paper = join(place.shelf, 'discarded', `${kept}.json`)
  const manifest = JSON.parse(await readFile(paper, 'utf8')) as KeptWritesManifest
  expect(manifest.namespaces[`${database}.visits`]).toEqual({
    ...{ inserts: 201, updates: 151, deletes: 351 },
    commands: {},
  })
  const file = await readFile(discardedWrites.file)
  expect(createHash('sha256').update(file).digest('hex')).toBe(manifest.sha256)
  expect(await visits().countDocuments()).toBe(500)
})

test('a file that is damaged is refused, and so is one that is not there', async () => {
  const path = join(place.shelf, 'discarded', `${kept}.writes.gz`)
  const file = await readFile(path)
  const turned = Buffer.from(file)
  turned[200] = (turned[200] ?? 0) ^ 1
  await writeFile(path, turned)
  const argv = ['pitr', 'replay', kept, '--confirm', 'medical']
  expect(await failing(argv)).toEqual({ exitCode: 12, code: 'KEPT_WRITES_DAMAGED' })
  await writeFile(path, file)
  const nowhere = ['pitr', 'replay', 'medical-20260101T000000Z-nope', '--dry-run']
  expect(await failing(nowhere)).toEqual({ exitCode: 10, code: 'KEPT_WRITES_NOT_FOUND' })
  expect(await visits().countDocuments()).toBe(500)
})

test('played back, the good ones are there again, and the bad deletion is not', async () => {
  // Somebody writes on what was restored: that stays.
  await visits().updateOne({ _id: 0 }, { $set: { n: -1 } })
  model.set(0, { _id: 0, n: -1, where: { ward: 'A', bed: 1 }, seen: [0] })
  const { plan } = await result<{ plan: { facts: [string, string][] } }>([
    ...['pitr', 'replay', '--dry-run'],
  ])
  expect(plan.facts).toContainEqual([
    'Stands out',
    expect.stringMatching(/350 documents deleted from medical_records\.visits: left out$/),
  ])
  expect(await visits().countDocuments()).toBe(500)
  const played = await result<Replayed>(['pitr', 'replay', '--confirm', 'medical'], 3)
  expect(played).toMatchObject({ kept, conflicts: 1, documents: 351, proved: 351, left: [] })
  expect(played.collections[0]).toMatchObject({ leftOut: 350 })
  await expectAs(model)
}, 30_000)

test('played back once more, nothing changes', async () => {
  const again = await result<Replayed>(['pitr', 'replay', kept, '--confirm', 'medical'], 3)
  expect(again).toMatchObject({ documents: 0, conflicts: 1, receipt: null })
  await expectAs(model)
})

test('taken back, everything is as it was before it', async () => {
  await result(['undo', '--confirm', 'medical'])
  expect(await visits().countDocuments()).toBe(500)
  expect(await visits().findOne({ _id: 0 })).toMatchObject({ n: -1 })
  const argv = ['pitr', 'replay', kept, '--confirm', 'medical']
  expect(await failing(argv)).toEqual({ exitCode: 6, code: 'REPLAY_ELSEWHERE' })
})
