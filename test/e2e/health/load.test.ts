import { randomBytes } from 'node:crypto'
import type { MongoClient } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ops } from '../../support/cli.js'
import { cleanUp } from '../../support/cleanUp.js'
import { clientOf } from '../../support/mongoServer.js'
import {
  referenceSignIn,
  referenceStack,
  type ReferenceStack,
} from '../../support/referenceStack.js'

const made = cleanUp()
const prefix = `ops-load-${randomBytes(3).toString('hex')}`
let stack: ReferenceStack
let client: MongoClient

/** Every database of the server: the oplog, in which writes are counted, lies in `local`. */
const databases = ['admin', 'config', 'local', 'medical_records', 'archive']

/** The threshold that mongod has by itself, in milliseconds (MongoDB manual, `slowOpThresholdMs`). */
const threshold = 100

/** Bytes for what a profiler writes down: with level 2 that is everything. */
const room = 32 * 1024 ** 2

beforeAll(async () => {
  stack = made.made(await referenceStack(prefix), (it) => it.remove())
  await done('stack', 'up')
  const auditor = { username: 'auditor', password: 'auditor' }
  const root = await clientOf(`${prefix}_mongodb`, referenceSignIn)
  // Not even root may set a profiler for `config` and `local`.
  await root.db('admin').command({ createUser: 'auditor', pwd: 'auditor', roles: ['__system'] })
  await root.close()
  client = made.made(await clientOf(`${prefix}_mongodb`, auditor), (it) => it.close())
  for (const [database, batches] of [
    ['medical_records', 40],
    ['archive', 10],
  ] as const) {
    const patients = client.db(database).collection('healthcare_data')
    for (let batch = 0; batch < batches; batch += 1)
      await patients.insertMany(Array.from({ length: 1_000 }, (_, n) => aPatient(batch, n)))
    await patients.createIndexes([
      { key: { 'patient_info.name': 1 } },
      { key: { 'billing.billing_amount': 1 } },
    ])
  }
  await done('backup', '--json')
}, 240_000)
afterAll(() => made.all())

function aPatient(batch: number, n: number) {
  return {
    patient_info: { name: `patient ${batch.toString()} ${n.toString()}` },
    billing: { billing_amount: n },
    notes: 'x'.repeat(400),
  }
}

async function done(...argv: readonly string[]): Promise<void> {
  const ended = await ops(stack, argv)
  expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0)
}

/** Has every database write down whatever is asked of it from now on. */
async function profile(): Promise<void> {
  for (const database of databases) {
    const db = client.db(database)
    await db.command({ profile: 0 })
    await db.dropCollection('system.profile').catch(() => undefined)
    await db.createCollection('system.profile', { capped: true, size: room })
    await db.command({ profile: 2, slowms: threshold })
  }
}

/** What the profiler of each database wrote down, of ops and of everybody else. */
async function profiled() {
  const entries = await Promise.all(
    databases.map(async (database) => {
      const found = await client.db(database).collection('system.profile').find().toArray()
      return found.map(({ appName, op, ns, command, millis, docsExamined, planSummary }) => {
        const what = Object.keys((command ?? {}) as object)[0] ?? ''
        return {
          isOurs: appName === 'ops',
          what: `${String(op)} ${what} ${String(ns)}`,
          namespace: String(ns),
          milliseconds: Number(millis),
          examined: Number(docsExamined ?? 0),
          plan: String(planSummary ?? ''),
        }
      })
    }),
  )
  const all = entries.flat()
  return { ours: all.filter(({ isOurs }) => isOurs), others: all.filter(({ isOurs }) => !isOurs) }
}

async function lookedAtSeveralTimes(): Promise<void> {
  for (const argv of [['health'], ['health'], ['health'], ['status'], ['health'], ['status']]) {
    const { exitCode, stdout } = await ops(stack, [...argv, '--json'])
    expect([0, 4, 5], stdout).toContain(exitCode)
    const { result } = JSON.parse(stdout) as {
      result: { checks: readonly { id: string; severity: string }[] | number }
    }
    // A server that was not asked has nothing to write down.
    if (typeof result.checks === 'object')
      expect(result.checks.find(({ id }) => id === 'mongo:medical:ping')?.severity).toBe('ok')
  }
}

test('health and status read no document but those of the oplog, go through no collection of anybody, and nothing that they ask is slow', async () => {
  await profile()
  await lookedAtSeveralTimes()
  // What the profiler is to notice it does notice.
  const slow = { $where: `sleep(${(threshold + 50).toString()}) || true` }
  await client.db('medical_records').collection('healthcare_data').findOne(slow)
  const { ours, others } = await profiled()
  // Which process it is that answers, it writes down itself: one document for each of its starts, whatever it holds.
  const bounded = new Set(['local.oplog.rs', 'local.startup_log'])
  const busy = (one: (typeof ours)[number]) =>
    !bounded.has(one.namespace) && (one.examined > 0 || one.plan.startsWith('COLLSCAN'))
  expect(ours.filter(busy)).toEqual([])
  expect(ours.filter(({ milliseconds }) => milliseconds >= threshold)).toEqual([])
  expect(ours.map(({ what }) => what)).toContain('query find local.oplog.rs')
  const found = others.find(({ what }) => what === 'query find medical_records.healthcare_data')
  expect(found).toMatchObject({ plan: 'COLLSCAN' })
  expect(found?.examined).toBeGreaterThan(0)
}, 240_000)
