import { randomBytes } from 'node:crypto'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Health } from '../../../src/checks/health/judge.js'
import type { ShownHealth } from '../../../src/cli/savedHealth.js'
import { ops, startOps, type Ended } from '../../support/cli.js'
import { cleanUp } from '../../support/cleanUp.js'
import { readExposition } from '../../support/exposition.js'
import { clientOf } from '../../support/mongoServer.js'
import {
  referenceSignIn,
  referenceStack,
  type ReferenceStack,
} from '../../support/referenceStack.js'

const made = cleanUp()
const prefix = `ops-health-${randomBytes(3).toString('hex')}`
let stack: ReferenceStack

/** Everything but the memory of the machine that tests run on, of which they know nothing. */
const kinds = [
  'engine',
  'container',
  'image',
  'mongo',
  'backup',
  'rpo',
  'rto',
  'disk',
  'clock',
  'history',
]

beforeAll(async () => {
  stack = made.made(await referenceStack(prefix), (it) => it.remove())
  const file = join(stack.folder, 'ops.yaml')
  const usb = `shelf: ./backups\n  copies: [{name: usb, type: directory, path: ${join(stack.folder, 'usb')}, requireMount: false}]`
  const text = (await readFile(file, 'utf8'))
    .replace('shelf: ./backups', usb)
    .replace('pitr: { enabled: true }', 'pitr: { enabled: false }')
  await writeFile(file, text)
  await done('stack', 'up')
  const client = await clientOf(`${prefix}_mongodb`, referenceSignIn)
  const patients = Array.from({ length: 20 }, (_, n) => ({ n }))
  const records = client.db('medical_records')
  await records.collection('patients').insertMany(patients)
  for (const path of ['patient_info.name', 'billing.billing_amount'])
    await records.collection('healthcare_data').createIndexes([{ key: { [path]: 1 } }])
  await client.close()
  await done('backup', '--json')
  await done('backup', 'test-restore', '--json')
}, 120_000)
afterAll(() => made.all())

async function done(...argv: readonly string[]): Promise<void> {
  const ended = await ops(stack, argv)
  expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0)
}

async function health(...argv: readonly string[]) {
  const ended = await ops(stack, ['health', '--json', ...argv])
  nothingSecretIn(ended)
  const { result } = JSON.parse(ended.stdout) as { result: Health }
  const of = (id: string) => result.checks.find((check) => check.id === id)
  return { ...ended, result, of }
}

function nothingSecretIn({ stdout, stderr }: Ended): void {
  expect(stdout + stderr).not.toContain(referenceSignIn.password)
}

describe('where all is well', () => {
  test('three lines say so, and the exit code is 0', async () => {
    const { exitCode, stdout, stderr } = await ops(stack, ['health', ...kinds])
    expect([exitCode, stderr], stdout).toEqual([0, ''])
    expect(stdout.trimEnd().split('\n')).toHaveLength(3)
    const quiet = await ops(stack, ['health', '--quiet', '--only', kinds.join(',')])
    expect(quiet).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  })

  test('every check has been looked at, and the write is no write of the operator', async () => {
    const { result, of } = await health()
    expect(result.checks.filter(({ severity }) => severity === 'unknown')).toEqual([])
    expect(of('mongo:medical:write')?.severity).toBe('ok')
    expect(of('container:mongodb')?.severity).toBe('ok')
    expect(of('container:migration_app')?.severity).toBe('ok')
    const again = await health()
    expect(again.of('history')).toMatchObject({ severity: 'ok' })
    const status = await ops(stack, ['status', '--json'])
    const { result: told } = JSON.parse(status.stdout) as {
      result: { targets: { rpo: { operations: number } }[] }
    }
    expect(told.targets[0]?.rpo.operations).toBe(0)
    const since = await ops(stack, ['health', '--since', '1h'])
    expect([since.exitCode, since.stderr]).toEqual([0, ''])
    expect(since.stdout).toMatch(/^mongo:medical:ping\t/m)
  })

  test('monitors are told in their own way', async () => {
    const plugin = await ops(stack, ['health', '--nagios', ...kinds])
    expect(plugin.exitCode, plugin.stdout).toBe(0)
    expect(plugin.stdout).toMatch(/^OPS OK - [^|\n]*\| '[^\n]*\n$|^OPS OK - [^|\n]*\| '[^\n]*$/)
    const file = join(stack.folder, 'ops.prom')
    const written = await ops(stack, ['health', '--quiet', '--prometheus', file, ...kinds])
    expect(written.exitCode, written.stdout).toBe(0)
    expect((await stat(file)).mode & 0o777).toBe(0o644)
    const samples = readExposition(await readFile(file, 'utf8'))
    expect(samples.find(({ name }) => name === 'ops_health_status')?.value).toBe(0)
  })

  test('a file that cannot be written takes nothing from the answer, and the exit code tells', async () => {
    const nowhere = ['--prometheus', join(stack.folder, 'not/there/ops.prom')]
    const { exitCode, stdout, stderr } = await ops(stack, ['health', ...kinds, ...nowhere])
    expect(stdout.trimEnd().split('\n'), stdout).toHaveLength(3)
    expect(stderr).toMatch(/^! .*not\/there\/ops\.prom/)
    expect(exitCode).toBe(3)
    const plugin = await ops(stack, ['health', '--nagios', ...kinds, ...nowhere])
    expect([plugin.exitCode, plugin.stdout]).toEqual([
      1,
      expect.stringMatching(/^OPS WARNING - file: .*not\/there/),
    ])
  })

  test('a watch prints again only what has changed, adds no lines to the history, and ends well', async () => {
    const { result } = await health('history')
    expect(result.checks[0]?.severity).toBe('ok')
    const lines = async () => {
      const folder = join(stack.state, 'health')
      const [name = ''] = (await readdir(folder)).filter((one) => one.endsWith('.ndjson'))
      return (await readFile(join(folder, name), 'utf8')).split('\n').length
    }
    const before = await lines()
    const watching = startOps(stack, ['health', '--watch', '--every', '1s', ...kinds])
    await sleep(5_000)
    watching.kill('SIGINT')
    const { exitCode, stdout, stderr } = await watching
    expect(exitCode, stderr).toBe(0)
    expect(stdout.match(/^GOOD/gm), stdout).toHaveLength(1)
    expect(await lines()).toBe(before)
  })

  test('a name that is not there is a slip, and the nearest one is named', async () => {
    const { exitCode, stdout } = await ops(stack, ['health', 'mogno', '--json'])
    expect(exitCode).toBe(2)
    expect(stdout).toContain('ops health mongo')
    const plugin = await ops(stack, ['health', '--nagios', 'mogno'])
    expect(plugin.exitCode).toBe(3)
    expect(plugin.stdout).toMatch(/^OPS UNKNOWN - /)
  })
})

describe('where something is not', () => {
  test('a server that stands still is found in one run, and saved evidence says the same', async () => {
    const container = `${prefix}_mongodb`
    const file = join(stack.folder, 'seen.json')
    await execa('docker', ['pause', container])
    let live: Awaited<ReturnType<typeof health>>
    try {
      const began = performance.now()
      live = await health('--save', file)
      expect(performance.now() - began).toBeLessThan(20_000)
      await answersInTime()
    } finally {
      await execa('docker', ['unpause', container])
    }
    expect(live.exitCode).toBe(5)
    expect(live.of('container:mongodb')).toMatchObject({ severity: 'fail' })
    expect(live.of('container:mongodb')?.next[0]).toBe('ops dr container mongodb')
    expect(live.of('mongo:medical:ping')).toMatchObject({ severity: 'fail' })
    expect(live.of('mongo:medical:write')).toMatchObject({ severity: 'unknown' })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const saved = await readFile(file, 'utf8')
    for (const secret of [referenceSignIn.password, 'MONGO_INITDB_ROOT_PASSWORD', 'keyFile'])
      expect(saved).not.toContain(secret)
    const elsewhere = { folder: '/', state: join(stack.folder, 'elsewhere') }
    const judged = await ops(elsewhere, ['health', '--json', '--from', file], {
      env: { DOCKER_HOST: 'unix:///nowhere' },
    })
    expect(judged.exitCode, judged.stdout + judged.stderr).toBe(5)
    const { from, ...same } = (JSON.parse(judged.stdout) as { result: ShownHealth }).result
    expect(same).toEqual(live.result)
    expect(from).toMatchObject({ file, stack: 'healthcare', at: live.result.at, wanted: [] })
    expect(from?.ageSeconds).toBeGreaterThanOrEqual(0)
    const told = await ops(elsewhere, ['health', '--from', file])
    expect(told.stdout.replaceAll(/\s+/g, ' ')).toContain(': evidence of healthcare, seen just now')
  })

  /** Whatever hangs: a monitor that waits a few seconds gets its line, and a program its object. */
  async function answersInTime(): Promise<void> {
    const began = performance.now()
    const plugin = await ops(stack, ['health', '--nagios', '--timeout', '5s'])
    expect(performance.now() - began).toBeLessThan(8_000)
    expect(plugin.exitCode, plugin.stdout).toBe(2)
    expect(plugin.stdout).toMatch(/^OPS CRITICAL - container:mongodb: [^\n]*$/)
    const { of } = await health('--timeout', '5s')
    expect(of('mongo:medical:write')).toMatchObject({ severity: 'unknown' })
    expect(of('container:mongodb')).toMatchObject({ severity: 'fail' })
  }

  test('what this user may not ask is unknown, and never good', async () => {
    const create = `db.getSiblingDB('admin').createUser({user: 'ward', pwd: 'ward', roles: [{role: 'readWrite', db: 'medical_records'}]})`
    const signIn = ['-u', referenceSignIn.username, '-p', referenceSignIn.password]
    await execa('docker', [
      'exec',
      `${prefix}_mongodb`,
      'mongosh',
      '--quiet',
      ...signIn,
      '--eval',
      create,
    ])
    await stack.write('ward', 'ward\n', 0o600)
    const text = await readFile(join(stack.folder, 'ops.yaml'), 'utf8')
    await stack.write('lesser.yaml', text.replace(/\{ compose: [\w.]+ \}/g, '{ file: ward }'))
    const { exitCode, of, stdout } = await health('--config', 'lesser.yaml', 'mongo')
    expect(exitCode, stdout).toBe(4)
    expect(of('mongo:medical:ping')?.severity).toBe('ok')
    for (const what of ['write', 'connections', 'cache', 'slow', 'members'])
      expect(of(`mongo:medical:${what}`)?.severity, what).toBe('unknown')
  })

  test('a state folder that cannot be written is a warning of its own', async () => {
    await stack.write('in the way', '')
    const env = { OPS_STATE: join(stack.folder, 'in the way') }
    const ended = await ops(stack, ['health', '--json'], { env })
    const { result } = JSON.parse(ended.stdout) as { result: Health }
    expect(result.checks.find(({ id }) => id === 'history')?.severity).not.toBe('ok')
    expect(result.checks.find(({ id }) => id === 'mongo:medical:ping')?.severity).toBe('ok')
  })
})
