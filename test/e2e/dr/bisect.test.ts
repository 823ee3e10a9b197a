import type { Collection, Document, Timestamp } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Bisected } from '../../../src/procedures/dr/bisect/bisectFacts.js'
import { ops, placeFor, startOps, type Place } from '../../support/cli.js'
import { answerOf } from '../../support/envelope.js'
import { nothingSecret } from '../../support/invariants.js'
import { startMongoServer, type MongoServer } from '../../support/mongoServer.js'
import { sidecarsOf } from '../../support/sidecars.js'

interface Visit {
  readonly _id: number
  readonly cost: number
  readonly note?: string
}

let server: MongoServer
let place: Place

const named = (name: string): Collection<Visit> =>
  server.client.db('medical_records').collection<Visit>(name)
const visits = () => named('visits')

/** Writes that break nothing. */
async function work(from: number): Promise<void> {
  for (let at = from; at < from + 10; at++) {
    await visits().insertOne({ _id: at, cost: at })
    await visits().updateOne({ _id: at }, { $inc: { cost: 1 } })
    await named('audit').insertOne({ _id: at, cost: -1 })
  }
}

/** The entry of the oplog that the last write was. */
async function lastWrite(): Promise<string> {
  const pong: Document = await server.client.db('admin').command({ ping: 1 })
  const { t, i } = pong['operationTime'] as Timestamp
  return `${t.toString()}:${i.toString()}`
}

async function good(...argv: string[]): Promise<void> {
  const ended = await ops(place, argv)
  expect(ended.exitCode, ended.stderr + ended.stdout).toBe(0)
}

const asking = (where: object, ...more: string[]) => [
  ...['dr', 'bisect', '--collection', 'medical_records.visits', '--json'],
  ...['--where', JSON.stringify(where), ...more],
]

/** Searches, and looks that nothing is left of it. */
async function bisected(where: object, exitCode = 0): Promise<Bisected> {
  const run = startOps(place, asking(where))
  const { exitCode: code, stdout, stderr } = await run
  expect(code, stderr + stdout).toBe(exitCode)
  nothingSecret({ stdout, stderr })
  expect(stdout + stderr).not.toContain('of a patient')
  expect(await sidecarsOf(run.pid, '--all')).toEqual([])
  return (JSON.parse(stdout) as { result: Bisected }).result
}

/** Restores what an answer says should be typed. */
async function restored({ restore }: Bisected): Promise<void> {
  const [, ...argv] = (restore ?? '').split(' ')
  await good(...argv, '--confirm', 'medical', '--no-safety-backup', '--json')
}

beforeAll(async () => {
  server = await startMongoServer()
  place = await placeFor(server)
  await work(0)
  await good('pitr', 'slice', '--base')
  await work(100)
  await good('backup')
  await good('pitr', 'slice')
  await work(200)
}, 60_000)

afterAll(async () => {
  await place.remove()
  await server.remove()
})

describe('the write that broke the data', () => {
  test('is found among all others, and the command that it says brings back what was there right before', async () => {
    const whole = await visits().find().sort({ _id: 1 }).toArray()
    await visits().updateOne({ _id: 105 }, { $set: { cost: -5, note: 'of a patient' } })
    const optime = await lastWrite()
    await work(300)
    await good('pitr', 'slice')
    await good('backup')
    await work(400)
    const audit = await named('audit').countDocuments()

    const found = await bisected({ cost: { $lt: 0 } })
    expect(found).toMatchObject({
      found: 'operation',
      dirty: { optime },
      matching: { clean: 0, dirty: 1 },
      operation: { kinds: ['update'], documents: 1, ids: ['105'], optime, isTransaction: false },
    })
    expect(found.probes.backups).toBeLessThanOrEqual(4)

    await restored(found)
    expect(await visits().find().sort({ _id: 1 }).toArray()).toEqual(whole)
    expect(await visits().countDocuments({ cost: { $lt: 0 } })).toBe(0)
    expect(await named('audit').countDocuments()).toBe(audit)
  }, 180_000)

  test('is a transaction, or a collection that was put in its place, behind the newest backup', async () => {
    await work(500)
    await server.client.withSession((session) =>
      session.withTransaction(async () => {
        await visits().updateOne({ _id: 1 }, { $set: { cost: -100 } }, { session })
        await visits().insertOne({ _id: -1, cost: -100 }, { session })
        await named('audit').insertOne({ _id: -1, cost: 0 }, { session })
      }),
    )
    const optime = await lastWrite()
    await work(600)
    const inTransaction = await bisected({ cost: -100 })
    expect(inTransaction).toMatchObject({
      matching: { dirty: 2 },
      operation: { optime, isTransaction: true, documents: 2 },
    })

    await named('loaded').insertMany([{ _id: 1, cost: -7 }])
    await named('loaded').rename('visits', { dropTarget: true })
    const renamed = await lastWrite()
    const replaced = await bisected({ cost: -7 })
    expect(replaced.operation).toMatchObject({ kinds: ['replace'], optime: renamed })
    await restored(replaced)
    expect(await visits().countDocuments({ cost: -7 })).toBe(0)
    expect(await visits().countDocuments({ cost: -100 })).toBe(2)
  }, 180_000)

  test('that never was, and a query that no server takes, are told as such', async () => {
    const { exitCode, stdout } = await ops(place, asking({ cost: 123_456 }))
    expect(exitCode).toBe(10)
    expect(stdout).toContain('NOTHING_MATCHES')
    const refused = await ops(place, asking({ $nonsense: 1 }))
    expect(refused.exitCode).toBe(2)
    expect(refused.stdout).toContain('QUERY_REFUSED')
    const { result } = answerOf<{ plan: { steps: unknown[] } }>(
      await ops(place, asking({ cost: 1 }, '--dry-run')),
    )
    expect(result.plan.steps).toHaveLength(4)
  }, 60_000)
})
