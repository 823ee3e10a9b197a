import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StackUse } from '../../../src/procedures/stack/look.js'
import type { UseHistory } from '../../../src/procedures/stack/useHistory.js'
import type { ServiceRow, StackState } from '../../../src/procedures/stack/rows.js'
import { cleanUp } from '../../support/cleanUp.js'
import { ops } from '../../support/cli.js'
import { answerOf } from '../../support/envelope.js'
import { failsBothWays } from '../../support/failing.js'
import { clientOf } from '../../support/mongoServer.js'
import {
  referenceSignIn,
  referenceStack,
  type ReferenceStack,
} from '../../support/referenceStack.js'

const prefix = `opslife${process.pid.toString()}`
const container = `${prefix}_mongodb`
const volume = `${prefix}_mongo_data`
const made = cleanUp()
let stack: ReferenceStack

beforeAll(async () => {
  stack = made.made(await referenceStack(prefix), (it) => it.remove())
})
afterAll(() => made.all())

async function state(...argv: readonly string[]): Promise<readonly ServiceRow[]> {
  const { result } = answerOf<StackState>(await ops(stack, ['stack', ...argv, '--json']))
  expect(result.project).toBe(prefix)
  return result.services
}

const row = (rows: readonly ServiceRow[], service: string) =>
  rows.find((one) => one.service === service)

/** What the engine has of this project. */
async function there(kind: 'container' | 'volume'): Promise<readonly string[]> {
  const filter = `label=com.docker.compose.project=${prefix}`
  const list = kind === 'container' ? ['ps', '--all', '--format', '{{.Names}}'] : ['volume', 'ls', '-q']
  const { stdout } = await execa('docker', [...list, '--filter', filter])
  return stdout.split('\n').filter((name) => name !== '')
}

async function documents(): Promise<number> {
  const client = await clientOf(container, referenceSignIn)
  try {
    return await client.db('medical_records').collection('kept').countDocuments()
  } finally {
    await client.close()
  }
}

describe('before the stack is up', () => {
  test('ps lists its services all the same, and what needs one of them says so', async () => {
    const rows = await state('ps')
    expect(rows.map(({ service, state: is, role }) => [service, is, role])).toEqual([
      ['migration_app', 'absent', 'job'],
      ['mongodb', 'absent', 'service'],
    ])
    const notFound = { exitCode: 10, code: 'CONTAINER_NOT_FOUND' }
    await failsBothWays(stack, ['backup'], notFound)
    await failsBothWays(stack, ['stack', 'restart', 'mongodb'], notFound)
    const down = { exitCode: 13, code: 'DEPENDENCY_DOWN' }
    await failsBothWays(stack, ['pipeline', 'run'], down)
  })

  test('up --dry-run starts nothing', async () => {
    expect((await ops(stack, ['stack', 'up', '--dry-run', '--json'])).exitCode).toBe(0)
    expect(await there('container')).toEqual([])
  })
})

describe('ops stack', () => {
  test('up waits for health, and never starts the job', async () => {
    const rows = await state('up')
    expect(row(rows, 'mongodb')).toMatchObject({ state: 'running', health: 'healthy', container })
    expect(row(rows, 'migration_app')).toMatchObject({ role: 'job', state: 'absent' })
    expect(await there('container')).toEqual([container])
    expect(await documents()).toBe(0)
  })

  test('up of a service, and of its container, changes nothing where it is up already', async () => {
    const before = await state('ps')
    for (const name of ['mongodb', container]) expect(await state('up', name)).toEqual(before)
  })

  test.each([['mongodb'], [container]])('ps %s shows that one alone', async (name) => {
    const rows = await state('ps', name)
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({ service: 'mongodb', container, health: 'healthy', restarts: 0 })
    expect(rows[0]?.ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+->27017\/tcp$/)])
  })

  test('stats measures what runs', async () => {
    const { result } = answerOf<StackUse>(await ops(stack, ['stack', 'stats', container, '--json']))
    expect(result.containers).toHaveLength(1)
    const [use] = result.containers
    expect(use).toMatchObject({ name: container, service: 'mongodb' })
    expect(use?.memoryBytes).toBeGreaterThan(10_000_000)
    expect(use?.memoryLimitBytes).toBeGreaterThan(use?.memoryBytes ?? Infinity)
    expect(use?.processes).toBeGreaterThan(0)
  })

  test('stats --since tells what ops saw, and the average between two looks', async () => {
    const look = async () =>
      answerOf<UseHistory>(await ops(stack, ['stack', 'stats', '--since', '1h', '--json'])).result
    await look()
    const { containers } = await look()
    const [use] = containers
    expect(containers).toHaveLength(1)
    expect(use).toMatchObject({ container, service: 'mongodb' })
    expect(use?.samples.length).toBeGreaterThanOrEqual(2)
    expect(use?.samples.at(-1)?.cpuPercent).toBeGreaterThanOrEqual(0)
    expect(use?.memory?.max).toBeGreaterThan(10_000_000)
  })

  test('logs gives the last lines, those that match, or those since then', async () => {
    const lines = async (...argv: readonly string[]) => {
      const ended = await ops(stack, ['stack', 'logs', 'mongodb', ...argv, '--json'])
      return answerOf<{ readonly lines: readonly string[] }>(ended).result.lines
    }
    expect(await lines('--tail', '3')).toHaveLength(3)
    const matching = await lines('--grep', 'WAITING for connections', '--tail', '1')
    expect(matching).toHaveLength(1)
    expect(matching[0]).toMatch(/Waiting for connections/)
    expect(await lines('--grep', 'nothing ever says this')).toEqual([])
    expect((await lines('--since', '1h')).length).toBeGreaterThan(3)
    const plain = await ops(stack, ['stack', 'logs', container, '--tail', '2'])
    expect(plain.stdout.split('\n')).toHaveLength(2)
    await failsBothWays(stack, ['stack', 'logs', '--grep', '('], {
      exitCode: 2,
      code: 'PATTERN_INVALID',
    })
  })

  test('restart of a container waits for health again', async () => {
    const before = row(await state('ps'), 'mongodb')
    const after = row(await state('restart', container), 'mongodb')
    expect(after).toMatchObject({ state: 'running', health: 'healthy', container })
    expect(Date.parse(after?.startedAt ?? '')).toBeGreaterThan(Date.parse(before?.startedAt ?? ''))
  })

  test.each([
    [['ps', 'mongdb'], 'mongodb'],
    [['up', 'mongdb'], 'mongodb'],
    [['logs', `${prefix}_mongod`], container],
    [['stats', 'mongodbb'], 'mongodb'],
    [['restart', 'migration_ap'], 'migration_app'],
  ])('%j: exit 10, with the one that was meant', async (argv, meant) => {
    const expected = { exitCode: 10, code: 'SERVICE_UNKNOWN' }
    const { error } = await failsBothWays(stack, ['stack', ...argv], expected)
    expect(error.message).toContain(`"${meant}"`)
  })

  test.each([['up'], ['restart']])('%s refuses to start the job: exit 6', async (verb) => {
    const argv = ['stack', verb, 'migration_app']
    await failsBothWays(stack, argv, { exitCode: 6, code: 'JOB_NOT_SERVICE' })
    expect(await there('container')).toEqual([container])
  })
})

describe('ops stack down', () => {
  beforeAll(async () => {
    const client = await clientOf(container, referenceSignIn)
    await client
      .db('medical_records')
      .collection('kept')
      .insertMany(Array.from({ length: 7 }, (_, at) => ({ at })))
    await client.close()
  })

  test.each([
    ['without --confirm', [], 'CONFIRMATION_REQUIRED'],
    ['with the name of the target', ['--confirm', 'medical'], 'CONFIRMATION_WRONG'],
  ])('--volumes %s: exit 6, and everything is as it was', async (_, flags, code) => {
    await failsBothWays(stack, ['stack', 'down', '--volumes', ...flags], { exitCode: 6, code })
    expect(await there('container')).toEqual([container])
    expect(await documents()).toBe(7)
  })

  test('--volumes --dry-run shows what would go, and leaves it', async () => {
    const argv = ['stack', 'down', '--volumes', '--dry-run', '--json']
    const { result } = answerOf<{ plan: { loses: readonly string[] } }>(await ops(stack, argv))
    expect(result.plan.loses.join()).toContain(volume)
    expect(await documents()).toBe(7)
  })

  test('removes the containers and keeps the data', async () => {
    const { result } = answerOf(await ops(stack, ['stack', 'down', '--json']))
    expect(result).toMatchObject({ removed: { containers: [container], volumes: [] } })
    expect(await there('container')).toEqual([])
    expect(await there('volume')).toEqual([volume])
    await state('up')
    expect(await documents()).toBe(7)
  })

  test('--volumes with the name typed removes the data too', async () => {
    const argv = ['stack', 'down', '--volumes', '--confirm', prefix, '--json']
    const { result } = answerOf(await ops(stack, argv))
    expect(result).toMatchObject({ removed: { containers: [container], volumes: [volume] } })
    expect([await there('container'), await there('volume')]).toEqual([[], []])
  })
})
