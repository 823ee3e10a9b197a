import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cleanUp } from '../../support/cleanUp.js'
import { ops } from '../../support/cli.js'
import { referenceStack, type ReferenceStack } from '../../support/referenceStack.js'
import { until } from '../../support/waiting.js'
import { only } from '../../unit/troubleshoot/scene.js'
import { changed, clockAhead, healthOf } from './found.js'
import { asked, docker, putRight, refusal, using } from './ward.js'
import { load, wards } from './wards.js'

const prefix = `opswards${process.pid.toString()}`
const container = `${prefix}_mongodb`
const made = cleanUp()
let stack: ReferenceStack

const files = ['docker-compose.yml', 'docker-compose.override.yml', 'wards.yml']
const compose = (...argv: readonly string[]) =>
  stack.compose(...files.flatMap((name) => ['-f', name]), ...argv)
const up = (...argv: readonly string[]) =>
  compose('up', '--detach', '--no-deps', '--force-recreate', '--timeout', '1', ...argv)

/** A fact of a container, as the engine tells it. */
const fact = async (name: string, format: string) =>
  (await docker('inspect', '--format', `{{${format}}}`, name)).stdout

async function becomes(name: string, format: string, wanted: RegExp): Promise<void> {
  const came = await until(async () => wanted.test(await fact(name, format)), 45_000)
  expect(came, `${name} ${format}: ${wanted.source}`).toBe(true)
}

const loops = (name: string) => becomes(name, '.RestartCount', /^([3-9]|\d\d)$/)

beforeAll(async () => {
  stack = made.made(await referenceStack(prefix), (it) => it.remove())
  made.made(undefined, () => compose('--profile', '*', 'down', '--volumes', '--timeout', '1'))
  await stack.write('wards.yml', wards())
  await stack.write('load.js', load)
  const yaml = join(stack.folder, 'ops.yaml')
  await changed(yaml, 'docker-compose.override.yml]', 'docker-compose.override.yml, wards.yml]')
  const ended = await ops(stack, ['stack', 'up', '--json'])
  expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0)
}, 90_000)
afterAll(() => made.all(), 60_000)

describe('services, each fault for real', () => {
  test('one whose health check fails is restarted', async () => {
    const desk = `${prefix}-desk-1`
    await up('desk')
    await becomes(desk, '.State.Health.Status', /^healthy$/)
    expect((await healthOf(stack)).bad['container:desk']).toBeUndefined()
    await docker('exec', desk, 'rm', '/tmp/well')
    await becomes(desk, '.State.Health.Status', /unhealthy/)
    const { exitCode, bad } = await healthOf(stack)
    expect([exitCode, bad['container:desk']]).toEqual([5, 'fail'])
    const { symptoms, causes } = await asked(stack, 'connection')
    expect(causes).toEqual(['service-unhealthy'])
    expect(only(symptoms, 'service-unhealthy')).toMatchObject({ about: 'desk' })
    expect(await putRight(stack, 'connection')).toMatchObject({ cause: 'service-unhealthy' })
    await becomes(desk, '.State.Health.Status', /^healthy$/)
    expect((await healthOf(stack)).bad['container:desk']).toBeUndefined()
    await compose('rm', '--stop', '--force', 'desk')
  }, 90_000)

  test('the database itself, whose health check fails, is restarted', async () => {
    const script = join(stack.folder, 'stack/mongodb/health.sh')
    // It lies in memory: a restart takes it away.
    const ill = '/data/configdb/ill'
    const putBack = await changed(script, '\n', `\n[ ! -e ${ill} ] || exit 1\n`)
    // A server that comes up without its databases is told apart from one that is well.
    await using(container, (client) =>
      client.db('medical_records').collection('notes').insertOne({ n: 1 }),
    )
    await docker('exec', container, 'touch', ill)
    await becomes(container, '.State.Health.Status', /unhealthy/)
    const { exitCode, bad } = await healthOf(stack)
    expect([exitCode, bad['container:mongodb']]).toEqual([5, 'fail'])
    const { symptoms, causes } = await asked(stack, 'connection')
    expect(causes).toEqual(['database-unhealthy'])
    expect(only(symptoms, 'database-unhealthy')).toMatchObject({ about: 'mongodb' })
    expect(await putRight(stack, 'connection')).toMatchObject({ cause: 'database-unhealthy' })
    await becomes(container, '.State.Health.Status', /^healthy$/)
    expect((await healthOf(stack)).bad['container:mongodb']).toBeUndefined()
    await putBack()
  }, 90_000)

  test('one that starts over and over, because its password is wrong', async () => {
    await stack.write('wards.yml', wards({ clerkPassword: 'hunter2' }))
    await up('clerk')
    await loops(`${prefix}-clerk-1`)
    const { exitCode, bad } = await healthOf(stack)
    expect([exitCode, bad['container:clerk']]).toEqual([5, 'fail'])
    const { symptoms, causes } = await asked(stack, 'restart-loop')
    expect(causes).toEqual(['sign-in-refused'])
    expect(only(symptoms, 'sign-in-refused')).toMatchObject({ about: 'clerk', fix: null })
    expect(JSON.stringify(symptoms)).not.toContain('hunter2')
    expect((await refusal(stack, 'restart-loop', '--fix')).code).toBe('NOT_FIXABLE')
    await stack.write('wards.yml', wards())
    await up('clerk')
    await becomes(`${prefix}-clerk-1`, '.State.Status', /running/)
    expect((await asked(stack, 'restart-loop')).exitCode).toBe(0)
    await compose('rm', '--stop', '--force', 'clerk')
  }, 120_000)

  test('the database itself, because of an option that it does not know', async () => {
    const yaml = join(stack.folder, 'docker-compose.yml')
    const putBack = await changed(yaml, '- --bind_ip_all', '- --bind_ip_al')
    await up('mongodb')
    await loops(container)
    const { exitCode, bad } = await healthOf(stack)
    expect(exitCode).toBe(5)
    expect(bad).toMatchObject({ 'container:mongodb': 'fail', 'mongo:medical:ping': 'fail' })
    const { symptoms, causes } = await asked(stack, 'restart-loop')
    expect(causes).toEqual(['wrong-option'])
    const { because, candidates } = only(symptoms, 'wrong-option')
    expect(because.join('\n')).toContain('bind_ip_al')
    expect(candidates).toContainEqual({
      cause: 'damaged-data',
      ruledOutBy: expect.any(String) as string,
    })
    const all = await asked(stack)
    for (const cause of ['wrong-network', 'name-wrong', 'server-silent', 'database-stopped'])
      expect(all.causes).not.toContain(cause)
    await putBack()
    const ended = await ops(stack, ['stack', 'up', '--json'])
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0)
    expect((await asked(stack, 'restart-loop')).exitCode).toBe(0)
    expect((await healthOf(stack)).bad['mongo:medical:ping']).toBeUndefined()
  }, 120_000)

  test('a job that loads twice what is to be there once: the key is told, no value of it is', async () => {
    const job = `${prefix}_migration`
    const loaded = async () => {
      await up('migration_app')
      await becomes(job, '.State.Status', /exited/)
      return fact(job, '.State.ExitCode')
    }
    expect(await loaded()).toBe('0')
    expect((await asked(stack, 'duplicates')).causes).not.toContain('duplicate-key')
    expect(await loaded()).not.toBe('0')
    const found = await healthOf(stack)
    expect(found.bad).toMatchObject({
      'container:migration_app': 'warn',
      'symptom:duplicates': 'fail',
    })
    expect(found.causes('symptom:duplicates')).toEqual(['duplicate-key'])
    const { symptoms } = await asked(stack)
    const { about, because } = only(symptoms, 'duplicate-key')
    expect(about).toBe('migration_app')
    expect(because[0]).toContain('medical_records.admissions index: number_1')
    expect(JSON.stringify(symptoms)).not.toContain('4711')
    await using(container, (client) => client.db('medical_records').collection('admissions').drop())
    expect(await loaded()).toBe('0')
    expect((await healthOf(stack)).bad['symptom:duplicates']).toBeUndefined()
  }, 120_000)

  test('patients who are there twice by name are counted, and no name is told', async () => {
    const named = ['duplicates', '--collection', 'medical_records.admissions', '--by', 'name']
    const { symptoms } = await asked(stack, ...named)
    expect(only(symptoms, 'equal-fields')).toMatchObject({
      severity: 'warn',
      fix: { fields: ['name'] },
    })
    expect(JSON.stringify(symptoms)).not.toContain('Ada')
    await using(container, (client) =>
      client.db('medical_records').collection('admissions').deleteOne({ number: 4712 }),
    )
    expect((await asked(stack, ...named)).exitCode).toBe(0)
  }, 90_000)

  test('the clock of this machine is an hour off', async () => {
    const wrong = await clockAhead(stack, 3_600_000)
    const { exitCode, bad } = await healthOf(stack, [], wrong)
    expect(exitCode).toBe(5)
    expect(bad).toMatchObject({ 'clock:engine': 'fail', 'clock:medical': 'fail' })
    const ended = await ops(stack, ['troubleshoot', 'stale', '--json'], wrong)
    const { result } = JSON.parse(ended.stdout) as { result: { symptoms: { cause: string }[] } }
    expect(result.symptoms.map(({ cause }) => cause)).toContain('clock-off')
    expect((await asked(stack, 'stale')).causes).not.toContain('clock-off')
  }, 90_000)
})
