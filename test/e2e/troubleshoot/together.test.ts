import { rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cleanUp } from '../../support/cleanUp.js'
import { ops } from '../../support/cli.js'
import { referenceStack, type ReferenceStack } from '../../support/referenceStack.js'
import { until } from '../../support/waiting.js'
import { only } from '../../unit/troubleshoot/scene.js'
import { changed, healthOf } from './found.js'
import { asked, docker, putRight, reception, using } from './ward.js'
import { load, wards } from './wards.js'

const prefix = `opstwo${process.pid.toString()}`
const container = `${prefix}_mongodb`
const made = cleanUp()
let stack: ReferenceStack

const files = ['docker-compose.yml', 'docker-compose.override.yml', 'reception.yml', 'wards.yml']
const compose = (...argv: readonly string[]) =>
  stack.compose(...files.flatMap((name) => ['-f', name]), ...argv)
const up = (service: string) =>
  compose('up', '--detach', '--no-deps', '--force-recreate', '--timeout', '1', service)

async function saysIn(name: string, says: RegExp): Promise<void> {
  const heard = await until(async () => {
    await sleep(300)
    const { stdout, stderr } = await docker('logs', name)
    return says.test(stdout + stderr)
  }, 30_000)
  expect(heard, `${name} says ${says.source}`).toBe(true)
}

/** Has the reception ask in this way, and waits until it has said something that goes like this. */
async function askAt(yaml: string, says: RegExp): Promise<void> {
  await stack.write('reception.yml', yaml)
  await up('reception')
  await saysIn(`${prefix}-reception-1`, says)
}

const well = () => askAt(reception({}), /1/)

/** Waits until the server has been up for more than half a minute. */
async function longUp(): Promise<void> {
  const { stdout } = await docker('inspect', '--format', '{{.State.StartedAt}}', container)
  await sleep(Math.max(0, Date.parse(stdout.trim()) + 31_000 - Date.now()))
}

async function done(...argv: readonly string[]): Promise<void> {
  const ended = await ops(stack, argv)
  expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0)
}

/** A lock of a run that is gone. */
async function staleLock(): Promise<string> {
  const lock = {
    command: 'backup',
    pid: 4_000_000,
    host: hostname(),
    user: 'root',
    since: '2026-11-21T02:00:00.000Z',
    process: { pid: 4_000_000 },
    token: 'a-dead-run',
  }
  const path = join(stack.state, 'locks/medical.lock')
  await writeFile(path, JSON.stringify(lock))
  return path
}

beforeAll(async () => {
  stack = made.made(await referenceStack(prefix), (it) => it.remove())
  made.made(undefined, () => compose('--profile', '*', 'down', '--volumes', '--timeout', '1'))
  await stack.write('reception.yml', reception({}))
  await stack.write('wards.yml', wards())
  await stack.write('load.js', load)
  const yaml = join(stack.folder, 'ops.yaml')
  const more = 'docker-compose.override.yml, reception.yml, wards.yml]'
  await changed(yaml, 'docker-compose.override.yml]', more)
  await done('stack', 'up', '--json')
  await using(container, (client) =>
    client.db('medical_records').collection('patients').insertOne({ n: 1 }),
  )
  await done('backup', '--json')
}, 120_000)
afterAll(() => made.all(), 60_000)

/** What is wrong, how the reception is described then, what it says, and the cause. */
const wrong: readonly (readonly [string, string, RegExp, string])[] = [
  ['network', reception({ networks: 'elsewhere' }), /ENOTFOUND|EAI_AGAIN/, 'wrong-network'],
  ['name', reception({ host: 'mongodbb' }), /ENOTFOUND|EAI_AGAIN/, 'name-wrong'],
  ['port', reception({}).replace('@mongodb:27017', '@mongodb:27018'), /ECONNREFUSED/, 'port-wrong'],
  [
    'password',
    reception({ password: 'hunter2' }),
    /Authentication failed/,
    'application-sign-in-refused',
  ],
]

describe('a service that does not reach the database', () => {
  test.each(wrong)(
    'wrong %s: both find it, and name one cause',
    async (what, yaml, says, cause) => {
      await askAt(yaml, says)
      const id = what === 'password' ? 'symptom:access' : 'symptom:connection'
      const found = await healthOf(stack)
      expect([found.exitCode, found.bad[id]]).toEqual([5, 'fail'])
      expect(found.causes(id)).toEqual([cause])
      expect((await asked(stack, 'connection')).causes).toEqual([cause])
    },
    60_000,
  )

  test('where it looks is not to be seen: not told apart, with what would tell', async () => {
    await well()
    // What is complained of while a server comes up is over soon: half a minute after that it counts.
    await longUp()
    await up('courier')
    await saysIn(`${prefix}-courier-1`, /ECONNREFUSED/)
    const found = await healthOf(stack)
    expect(found.exitCode).not.toBe(0)
    expect(found.bad['symptom:connection']).toBe('unknown')
    const { exitCode, symptoms } = await asked(stack, 'connection')
    expect(exitCode).toBe(4)
    const { candidates, about } = only(symptoms, 'not-told-apart')
    expect(about).toBe('courier')
    expect(candidates.length).toBeGreaterThan(1)
    for (const candidate of candidates) expect(candidate).toHaveProperty('needs')
    await compose('rm', '--stop', '--force', 'courier')
    expect((await healthOf(stack)).bad['symptom:connection']).toBeUndefined()
    expect((await asked(stack, 'connection')).exitCode).toBe(0)
  }, 60_000)
})

describe('two faults at once', () => {
  test('a paused database and the lock of a dead run: both named, and cured one by one', async () => {
    const path = await staleLock()
    await docker('pause', container)
    const found = await healthOf(stack)
    expect(found.exitCode).toBe(5)
    expect(found.bad).toMatchObject({
      'container:mongodb': 'fail',
      'mongo:medical:ping': 'fail',
      'symptom:lock': 'warn',
    })
    expect(found.causes('symptom:lock')).toEqual(['stale-lock'])
    const { causes, symptoms } = await asked(stack)
    const told = causes.filter((cause) => cause !== 'not-seen')
    expect(told.toSorted()).toEqual(['database-paused', 'stale-lock'])
    expect(only(symptoms, 'stale-lock').candidates).toContainEqual({
      cause: 'run-under-way',
      ruledOutBy: expect.any(String) as string,
    })
    expect(await putRight(stack, 'connection')).toMatchObject({ cause: 'database-paused' })
    const left = await asked(stack, 'lock')
    // Whoever brings the database back needs the lock, and takes over one that is nobody's.
    expect(left.causes.every((cause) => cause === 'stale-lock')).toBe(true)
    if (left.causes.length > 0)
      expect(await putRight(stack, 'lock')).toMatchObject({ cause: 'stale-lock' })
    await rm(path, { force: true })
    // What it complained of while the database was paused goes with its container.
    await well()
    expect((await asked(stack)).causes).toEqual([])
  }, 90_000)

  test('a service on the wrong network and a backup that is too old', async () => {
    const putBack = await changed(join(stack.folder, 'ops.yaml'), 'backupAge: 26h', 'backupAge: 1s')
    await askAt(reception({ networks: 'elsewhere' }), /ENOTFOUND|EAI_AGAIN/)
    const found = await healthOf(stack)
    expect(found.bad).toMatchObject({ 'backup:medical:age': 'fail', 'symptom:connection': 'fail' })
    expect(found.causes('symptom:connection')).toEqual(['wrong-network'])
    const { causes } = await asked(stack)
    expect(causes).toEqual(['wrong-network', 'backup-too-old'])
    await well()
    expect((await asked(stack)).causes).toEqual(['backup-too-old'])
    await putBack()
    expect((await asked(stack)).causes).toEqual([])
  }, 90_000)

  test('a service without its variable and another with the wrong name: each has its own cause', async () => {
    await compose('--profile', 'gate', 'up', '--detach', '--no-deps', 'gatekeeper')
    await askAt(reception({ host: 'mongodbb' }), /ENOTFOUND|EAI_AGAIN/)
    const looping = async () =>
      Number(
        (await docker('inspect', '--format', '{{.RestartCount}}', `${prefix}-gatekeeper-1`)).stdout,
      ) >= 3
    expect(await until(looping, 20_000)).toBe(true)
    const found = await healthOf(stack)
    expect(found.bad).toMatchObject({
      'container:gatekeeper': 'fail',
      'symptom:connection': 'fail',
    })
    const { symptoms, causes } = await asked(stack)
    expect(causes).toEqual(['missing-variable', 'name-wrong'])
    expect(only(symptoms, 'missing-variable').about).toBe('gatekeeper')
    expect(only(symptoms, 'name-wrong').about).toBe('reception')
    await compose('--profile', 'gate', 'rm', '--stop', '--force', 'gatekeeper')
    await well()
    expect((await asked(stack)).causes).toEqual([])
  }, 90_000)
})
