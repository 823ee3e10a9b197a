import { createHash } from 'node:crypto'
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Drill } from '../../../src/domain/drill.js'
import type { DrillResult } from '../../../src/procedures/drill/drill.js'
import { cleanUp } from '../../support/cleanUp.js'
import { ops, startOps, type Ended } from '../../support/cli.js'
import { configureBackup } from '../../support/copiedPlace.js'
import { answerOf } from '../../support/envelope.js'
import { clientOf, hashOf } from '../../support/mongoServer.js'
import {
  referenceSignIn,
  referenceStack,
  type ReferenceStack,
} from '../../support/referenceStack.js'
import { until } from '../../support/waiting.js'

const prefix = `opsdrill${process.pid.toString()}`
const container = `${prefix}_mongodb`
const made = cleanUp()
let stack: ReferenceStack
let backup: { readonly id: string; readonly path: string }

beforeAll(async () => {
  stack = made.made(await referenceStack(prefix), (it) => it.remove())
  const yaml = await readFile(join(stack.folder, 'ops.yaml'), 'utf8')
  const quick = yaml.replace('{ enabled: true }', '{ enabled: true, every: 4s }')
  // What lies at a place is as old as this test.
  await stack.write('ops.yaml', quick.replace('backupAge: 26h', 'backupAge: 26h, rpo: 30m'))
  const place = made.made(await mkdtemp(join(tmpdir(), 'ops-drilled-')), (path) =>
    rm(path, { recursive: true, force: true }),
  )
  await configureBackup(stack, [
    `copies: [{name: usb, type: directory, path: ${place}, requireMount: false}]`,
  ])
  expect((await ops(stack, ['stack', 'up', '--json'])).exitCode).toBe(0)
  const client = await clientOf(container, referenceSignIn)
  try {
    const patients = Array.from({ length: 2_000 }, (_, at) => ({
      _id: at,
      name: `Bobby ${String(at)}`,
    }))
    await client
      .db('medical_records')
      .collection<{ _id: number }>('healthcare_data')
      .insertMany(patients)
    backup = answerOf<typeof backup>(await ops(stack, ['backup', '--json'])).result
    // In a slice alone, which lies at the place as well.
    await client.db('medical_records').collection('visits').insertOne({ at: new Date() })
    answerOf(await ops(stack, ['pitr', 'slice', '--json']))
    answerOf(await ops(stack, ['backup', 'copy', '--json']))
  } finally {
    await client.close()
  }
})
afterAll(() => made.all())

/** Everything of drills that the engine and the state folder hold, of this process or of no one. */
async function left(pid?: number): Promise<readonly string[]> {
  const filters = [
    '--filter',
    'label=ops.purpose=drill',
    ...(pid === undefined ? [] : ['--filter', `label=ops.owner.pid=${pid.toString()}`]),
  ]
  const names = await Promise.all(
    [
      ['ps', '--all', '--format', '{{.Names}}', ...filters],
      ['network', 'ls', '--format', '{{.Name}}', ...filters],
      ['volume', 'ls', '--format', '{{.Name}}', ...filters],
    ].map(async (argv) => (await execa('docker', argv)).stdout.split('\n')),
  )
  const folders = await readdir(join(stack.state, 'drills')).catch(() => [])
  return [...names.flat(), ...folders.filter((name) => !name.endsWith('.json'))].filter(
    (name) => name !== '',
  )
}

/** What a drill must not touch. */
async function real() {
  const client = await clientOf(container, referenceSignIn)
  try {
    const { stdout: inspected } = await execa('docker', [
      'inspect',
      '--format',
      '{{.Id}} {{.State.StartedAt}} {{.RestartCount}}',
      container,
    ])
    const names = (await readdir(stack.shelf, { recursive: true })).toSorted()
    const hash = createHash('sha256').update(await readFile(backup.path))
    const receipts = await readdir(join(stack.state, 'receipts')).catch(() => [])
    const locks = await readdir(join(stack.state, 'locks')).catch(() => [])
    const data = await hashOf(client)
    return { inspected, names, shelf: hash.digest('hex'), receipts, locks, data }
  } finally {
    await client.close()
  }
}

const errorOf = ({ stdout }: Ended) =>
  JSON.parse(stdout) as {
    readonly error: {
      readonly code: string
      readonly message: string
      readonly facts: { readonly drills: readonly Drill[] }
    }
  }

describe('ops dr drill', () => {
  test('measures every recovery and what it loses, and touches nothing real', async () => {
    const before = await real()
    const ended = await ops(stack, ['dr', 'drill', '--json', '--report', 'drill.md'])
    const {
      result: { drills },
    } = answerOf<{ readonly drills: readonly DrillResult[] }>(ended)
    expect(await real()).toEqual(before)
    expect(await left()).toEqual([])

    expect(drills.map(({ scenario, outcome }) => [scenario, outcome])).toEqual([
      ['container', 'kept'],
      ['corruption', 'kept'],
      ['deletion', 'kept'],
      ['system', 'kept'],
    ])
    const [drill, corruption, deletion, system] = drills
    // Of what was never copied nothing is left, and the slice at the place is.
    expect(system).toMatchObject({ backup: backup.id, guideSeconds: 1_800 })
    expect(system?.lostOperations).toBe(system?.strikes[0]?.operations)
    expect(system?.proof).toContain('2 collections compared by the hash of every document')
    // Between two slices: something is lost, and no more than since the last one.
    expect(corruption?.lostOperations).toBeGreaterThan(0)
    expect(corruption?.rpoSeconds).toBeLessThan(8)
    expect(deletion).toMatchObject({ lostOperations: 0, rpoSeconds: 0 })
    expect(drill).toMatchObject({
      scenario: 'container',
      target: 'medical',
      outcome: 'kept',
      lostOperations: 0,
      rpoSeconds: 0,
      missed: [],
      guideSeconds: 120,
      backup: backup.id,
      strikes: [
        { what: 'mongodb was killed (SIGKILL)', lostOperations: 0 },
        { what: 'mongodb was killed, and its container removed', lostOperations: 0 },
      ],
    })
    expect(drill?.rtoSeconds).toBeGreaterThan(0.2)
    expect(drill?.rtoSeconds).toBeLessThan(120)
    for (const { operations } of drill?.strikes ?? []) expect(operations).toBeGreaterThan(10)
    const kept = JSON.parse(await readFile(drill?.file ?? '', 'utf8')) as Drill
    expect(kept).toMatchObject({ schema: 1, scenario: 'container', rtoSeconds: drill?.rtoSeconds })
    const report = await readFile(join(stack.folder, 'drill.md'), 'utf8')
    expect(report).toContain('| container | kept |')
    expect(report).toContain('mongodb was killed, and its container removed')

    const planned = await ops(stack, ['restore', '--dry-run'])
    expect(planned.stdout).toMatch(/about \d+ s \(± \d+\), objective 1 h/)
  })

  test('removes the clone of a drill that was killed, and misses an objective aloud', async () => {
    const running = startOps(stack, ['dr', 'drill', 'container', '--json'])
    const there = async () => (await left(running.pid)).some((name) => name.endsWith('-mongodb-1'))
    expect(await until(there, 60_000)).toBe(true)
    running.kill('SIGKILL')
    await running
    expect(await left(running.pid)).not.toEqual([])

    const yaml = await readFile(join(stack.folder, 'ops.yaml'), 'utf8')
    await stack.write('ops.yaml', yaml.replace('backupAge: 26h', 'backupAge: 26h, rto: 1s'))
    const missed = await ops(stack, ['dr', 'drill', 'container', '--write', '1s'])
    await stack.write('ops.yaml', yaml)
    expect(missed.exitCode, missed.stderr).toBe(5)
    expect(missed.stdout).toMatch(/RTO .*MISSED/)
    expect(missed.stdout).toMatch(/before, .*: RTO \d/)
    expect(await left(running.pid)).toEqual([])
  })

  test('removes what there is of a clone when it is interrupted while it is built again', async () => {
    const running = startOps(stack, ['dr', 'drill', 'system', '--json', '--write', '1s'])
    // Everything was removed, and is being built again.
    const drilled = join(stack.state, 'drills')
    const again = async () => {
      const names = await readdir(drilled, { recursive: true }).catch(() => [])
      return names.some((name) => name.endsWith('bare/ops.yaml'))
    }
    expect(await until(again, 60_000)).toBe(true)
    running.kill('SIGINT')
    const { exitCode, stdout } = await running
    expect(exitCode, stdout).toBe(130)
    expect(await left(running.pid)).toEqual([])
  })

  test('shows in a dry run what it would do, and how long that will take', async () => {
    const shown = await ops(stack, ['dr', 'drill', 'container', '--dry-run'])
    expect(shown.exitCode, shown.stderr).toBe(0)
    expect(shown.stdout).toContain('Write, until mongodb was killed (SIGKILL)')
    expect(shown.stdout).toMatch(/Duration +about \d+ s \(± \d+\), objective 1 h/)
  })

  test('fails aloud on a newest backup that is damaged, names it, and leaves the shelf as it is', async () => {
    const file = await open(backup.path, 'r+')
    const { size } = await file.stat()
    await file.write(Buffer.from('broken'), 0, 6, Math.floor(size / 2))
    await file.close()
    const before = await real()
    const ended = await ops(stack, ['dr', 'drill', 'container', '--json', '--report', 'failed.md'])
    expect(ended.exitCode, ended.stdout).toBe(12)
    const { error } = errorOf(ended)
    expect(error.code).toBe('DRILL_DATA_WRONG')
    expect(error.message).toContain(backup.id)
    expect(error.facts.drills[0]).toMatchObject({ outcome: 'failed', rtoSeconds: null })
    expect(await readFile(join(stack.folder, 'failed.md'), 'utf8')).toContain('recovery failed')
    expect(await left()).toEqual([])
    expect(await real()).toEqual(before)
  })
})
