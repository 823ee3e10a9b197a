import { readdir, readFile, rename, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PipelineResult } from '../../../src/procedures/pipeline/run.js'
import type { PipelineStatus } from '../../../src/procedures/pipeline/status.js'
import type { RestoreResult } from '../../../src/procedures/restore/restore.js'
import { cleanUp } from '../../support/cleanUp.js'
import { ops } from '../../support/cli.js'
import { answerOf } from '../../support/envelope.js'
import { failsBothWays } from '../../support/failing.js'
import { clientOf, hashOf } from '../../support/mongoServer.js'
import {
  generateRecords,
  referenceSignIn,
  referenceStack,
  type ReferenceStack,
} from '../../support/referenceStack.js'
import { until } from '../../support/waiting.js'

const prefix = `opsdata${process.pid.toString()}`
const records = 54_966
const made = cleanUp()
let stack: ReferenceStack
let client: MongoClient

beforeAll(async () => {
  stack = made.made(await referenceStack(prefix), (it) => it.remove())
  const [up] = await Promise.all([ops(stack, ['stack', 'up', '--json']), generateRecords(stack)])
  answerOf(up)
  const connected = await clientOf(`${prefix}_mongodb`, referenceSignIn)
  client = made.made(connected, (it) => it.close())
})
afterAll(() => made.all())

const patients = () => client.db('medical_records').collection('healthcare_data')

async function answer<Result>(...argv: readonly string[]): Promise<Result> {
  return answerOf<Result>(await ops(stack, [...argv, '--json'])).result
}

/** Everything that must be as before where nothing may change. */
async function everything() {
  const { databases } = await client.db().admin().listDatabases()
  return {
    databases: databases.map(({ name }) => name),
    hash: await hashOf(client),
    shelf: (await readdir(stack.shelf).catch(() => [])).sort(),
    receipts: await readdir(join(stack.state, 'receipts')).catch(() => []),
    containers: await containers(),
  }
}

/** Name, id and start of every container of the stack. */
async function containers(): Promise<string> {
  const filter = `label=com.docker.compose.project=${prefix}`
  const { stdout } = await execa('docker', ['ps', '--all', '--quiet', '--filter', filter])
  const format = '{{.Name}} {{.Id}} {{.State.StartedAt}}'
  const ids = stdout.split('\n').sort()
  return (await execa('docker', ['inspect', '--format', format, ...ids])).stdout
}

async function damage(): Promise<string> {
  await patients().deleteMany({ 'patient_info.gender': 'Female' })
  await patients().updateMany({}, { $set: { 'billing.billing_amount': 0 } })
  await patients().dropIndexes()
  return hashOf(client)
}

describe('ops pipeline', () => {
  /** How the pipeline stands, and the exit code that says so. */
  async function pipeline() {
    const { exitCode, stdout } = await ops(stack, ['pipeline', 'status', '--json'])
    return { exitCode, status: (JSON.parse(stdout) as { result: PipelineStatus }).result }
  }

  test('status says that it never ran: exit 5', async () => {
    const { exitCode, status } = await pipeline()
    expect(exitCode).toBe(5)
    expect(status).toMatchObject({ job: 'migration_app', state: 'never', container: null })
  })

  test('run loads every record in seven steps; nothing is there yet, so nobody is asked', async () => {
    const result = await answer<PipelineResult>('pipeline', 'run')
    expect(result).toMatchObject({ job: 'migration_app', target: 'medical', exitCode: 0 })
    expect(result.steps.map(({ number, of }) => [number, of])).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((number) => [number, 7]),
    )
    for (const step of result.steps) expect(step.seconds).toBeGreaterThanOrEqual(0)
    expect(result.safetyBackup).toBeNull()
    expect(await patients().countDocuments()).toBe(records)
  })

  test('status knows the run and its seven steps', async () => {
    const { exitCode, status } = await pipeline()
    expect(status).toMatchObject({ state: 'succeeded', exitCode: 0 })
    expect(status.steps).toHaveLength(7)
    expect(status.steps.every(({ seconds }) => seconds !== undefined)).toBe(true)
    expect(status.history).toMatchObject([{ startedAt: status.startedAt, exitCode: 0 }])
    // On a slow machine it is late, which is what is to be told.
    expect(exitCode).toBe(status.findings.some(({ severity }) => severity === 'warn') ? 4 : 0)
  })

  test.each([
    ['without --confirm', [], 'CONFIRMATION_REQUIRED'],
    ['with another name', ['--confirm', prefix], 'CONFIRMATION_WRONG'],
  ])('run %s is refused where there are documents: exit 6', async (_, flags, code) => {
    const before = await everything()
    await failsBothWays(stack, ['pipeline', 'run', ...flags], { exitCode: 6, code })
    expect(await everything()).toEqual(before)
  })

  test('run with the name typed saves first what is there, and undo brings it back', async () => {
    await patients().insertOne({ patient_info: { name: 'Only here' } })
    const before = await hashOf(client)
    const result = await answer<PipelineResult>('pipeline', 'run', '--confirm', 'medical')
    expect(await patients().countDocuments()).toBe(records)
    expect(result.safetyBackup).toMatch(/-safety$/)
    await answer('undo', result.receipt ?? '', '--confirm', 'medical')
    expect(await hashOf(client)).toBe(before)
    await patients().deleteOne({ 'patient_info.name': 'Only here' })
  })
})

describe('ops backup and restore', () => {
  let id: string
  let path: string
  let good: string

  beforeAll(async () => {
    const taken = await answer<{ id: string; path: string; collections: object }>('backup')
    ;({ id, path } = taken)
    expect(taken.collections).toMatchObject({
      'medical_records.healthcare_data': { documents: records },
    })
    good = await hashOf(client)
  })

  test('--dry-run changes nothing, whatever it is asked for', async () => {
    const before = await everything()
    for (const line of [
      'backup',
      'restore',
      `restore ${id} --no-safety-backup`,
      'restore --into copy',
      'restore --collection healthcare_data',
      'undo',
      'pipeline run',
      'stack restart',
      'stack down',
      'stack down --volumes',
    ]) {
      const result = await answer<{ dryRun: boolean; plan: { steps: readonly object[] } }>(
        ...line.split(' '),
        '--dry-run',
      )
      expect(result.dryRun, line).toBe(true)
      expect(result.plan.steps.length, line).toBeGreaterThan(0)
    }
    expect(await everything()).toEqual(before)
  })

  test('restore brings back documents, values and indexes; undo takes it back; undo brings it back', async () => {
    const damaged = await damage()
    expect(damaged).not.toBe(good)
    const indexes = async () => (await patients().indexes()).length
    expect(await indexes()).toBe(1)
    const result = await answer<RestoreResult>('restore', '--confirm', 'medical')
    expect(result).toMatchObject({ id, target: 'medical', into: null })
    expect(result.collections).toEqual({
      'medical_records.healthcare_data': { documents: records, expected: records },
    })
    expect(await hashOf(client)).toBe(good)
    expect(await indexes()).toBeGreaterThan(1)
    await answer('undo', '--confirm', 'medical')
    expect([await hashOf(client), await indexes()]).toEqual([damaged, 1])
    await answer('undo', '--confirm', 'medical')
    expect(await hashOf(client)).toBe(good)
  })

  test('a running writer is stopped meanwhile and started again; the job is never started', async () => {
    expect((await ops(stack, ['stack', 'up', 'ward', '--quiet'])).exitCode).toBe(0)
    const visits = client.db('medical_records').collection('ward_visits')
    expect(await until(async () => (await visits.countDocuments()) > 5, 20_000)).toBe(true)
    const ward = () => lineOf('ward')
    const [job, writer] = [await lineOf('migration_app'), await ward()]

    const result = await answer<RestoreResult>('restore', id, '--confirm', 'medical')
    // The backup knows nothing of these visits: whatever is there now was written after it was proved.
    expect(result.dropped).toEqual(['medical_records.ward_visits'])
    expect(await lineOf('migration_app')).toBe(job)
    expect(await ward()).not.toBe(writer)
    expect(await until(async () => (await visits.countDocuments()) > 0, 20_000)).toBe(true)
    const { md5 } = await client.db('medical_records').command({ dbHash: 1, collections: ['healthcare_data'] })
    expect(await patients().countDocuments()).toBe(records)

    await execa('docker', ['stop', `${prefix}-ward-1`])
    await visits.drop()
    expect(await hashOf(client)).toBe(good)
    expect(md5).toEqual(expect.any(String))
    const stopped = await ward()
    await answer('restore', '--confirm', 'medical')
    expect(await ward(), 'a writer that is down stays down').toBe(stopped)
  })

  test('--into makes a copy beside the live database, and undo drops it', async () => {
    const before = await everything()
    const result = await answer<RestoreResult>('restore', id, '--into', 'check_copy')
    expect(result).toMatchObject({ into: 'check_copy', safetyBackup: null })
    expect(await hashOf(client, 'check_copy')).toBe(good)
    expect(await hashOf(client)).toBe(before.hash)
    const again = ['restore', id, '--into', 'check_copy']
    await failsBothWays(stack, again, { exitCode: 6, code: 'INTO_EXISTS' })
    await answer('undo', result.receipt ?? '', '--confirm', 'medical')
    expect((await everything()).databases).toEqual(before.databases)
    expect(await hashOf(client)).toBe(good)
  })

  test('from standard input', async () => {
    await damage()
    const input = await readFile(path)
    const argv = ['restore', '-', '--confirm', 'medical', '--json']
    answerOf(await ops(stack, argv, { input }))
    expect(await hashOf(client)).toBe(good)
    expect((await readdir(stack.shelf)).filter((name) => name.includes('spool'))).toEqual([])
  })

  test('from a file in another folder, without its manifest', async () => {
    const elsewhere = join(stack.folder, 'usb stick')
    await mkdir(elsewhere)
    const moved = join(elsewhere, 'old backup.gz')
    await rename(path, moved)
    await damage()
    const argv = ['restore', moved, '--confirm', 'medical', '--no-safety-backup']
    const result = await answer<RestoreResult>(...argv)
    expect(result).toMatchObject({ id: moved, safetyBackup: null })
    expect(await hashOf(client)).toBe(good)
    await rename(moved, path)
    expect((await ops(stack, ['backup', 'verify', id, '--quiet'])).exitCode).toBe(0)
  })
})

/** Name, id and start of the container of a service. */
async function lineOf(service: string): Promise<string> {
  return (await containers()).split('\n').find((line) => line.includes(service)) ?? ''
}
