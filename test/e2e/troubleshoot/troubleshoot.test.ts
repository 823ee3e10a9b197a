import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cleanUp } from '../../support/cleanUp.js'
import { ops } from '../../support/cli.js'
import { referenceStack, type ReferenceStack } from '../../support/referenceStack.js'
import { until } from '../../support/waiting.js'
import { healthOf } from './found.js'
import { asked, docker, putRight, reception, refusal, using } from './ward.js'
import { only } from '../../unit/troubleshoot/scene.js'

const prefix = `opssym${process.pid.toString()}`
const container = `${prefix}_mongodb`
const made = cleanUp()
let stack: ReferenceStack

const files = ['docker-compose.yml', 'docker-compose.override.yml', 'reception.yml']
const compose = (...argv: readonly string[]) =>
  stack.compose(...files.flatMap((name) => ['-f', name]), ...argv)

/** Has the reception ask in this way, and waits until it has said something that goes like this. */
async function askAt(changes: Parameters<typeof reception>[0], says: RegExp): Promise<void> {
  await stack.write('reception.yml', reception(changes))
  await compose('up', '--detach', '--no-deps', '--force-recreate', '--timeout', '1', 'reception')
  const heard = await until(async () => {
    await sleep(300)
    return says.test((await execa('docker', ['logs', `${prefix}-reception-1`], { all: true })).all)
  }, 30_000)
  expect(heard, `the reception says ${says.source}`).toBe(true)
}

beforeAll(async () => {
  stack = made.made(await referenceStack(prefix), (it) => it.remove())
  made.made(undefined, () => compose('--profile', '*', 'down', '--volumes', '--timeout', '1'))
  await stack.write('reception.yml', reception({}))
  const yaml = join(stack.folder, 'ops.yaml')
  const text = await readFile(yaml, 'utf8')
  const more = text.replace(
    'docker-compose.override.yml]',
    'docker-compose.override.yml, reception.yml]',
  )
  await writeFile(yaml, more)
  const up = await ops(stack, ['stack', 'up', '--json'])
  expect(up.exitCode, up.stdout + up.stderr).toBe(0)
  await using(container, async (client) => {
    const visits = client.db('medical_records').collection('visits')
    const of = (n: number) => ({ ward: n % 50, patient: { name: `Patient ${n.toString()}` } })
    await visits.insertMany(Array.from({ length: 3000 }, (_, n) => of(n)))
    await visits.insertMany([of(1), of(2), of(2)])
  })
}, 90_000)
afterAll(() => made.all(), 60_000)

describe('ops troubleshoot', () => {
  test('finds nothing wrong with a connection that is well, and no good backup where there is none', async () => {
    const { exitCode, clear } = await asked(stack, 'connection')
    expect([exitCode, clear]).toEqual([0, ['connection']])
    const all = await asked(stack)
    expect(all.causes).toContain('no-good-backup')
    expect(all.causes).not.toContain('equal-documents')
    expect(all.clear).not.toContain('duplicates')
    expect((await asked(stack, 'duplicates')).causes).toContain('equal-documents')
    expect(all.exitCode).toBe(5)
  }, 30_000)

  test('a paused database is told, and let go on', async () => {
    await docker('pause', container)
    const { exitCode, symptoms, causes } = await asked(stack, 'connection')
    expect(exitCode).toBe(5)
    expect(only(symptoms, 'database-paused').fix).toMatchObject({ kind: 'service' })
    expect(causes).not.toContain('wrong-network')
    expect(await putRight(stack, 'connection')).toMatchObject({ cause: 'database-paused' })
    expect((await docker('inspect', '--format', '{{.State.Status}}', container)).stdout).toBe(
      'running',
    )
  }, 60_000)

  test('a stopped database explains who cannot reach it, is not mended by a dry run, and is started', async () => {
    await docker('stop', container)
    await sleep(4000)
    const found = await healthOf(stack)
    expect([found.exitCode, found.bad['container:mongodb']]).toEqual([5, 'fail'])
    const { symptoms, causes } = await asked(stack, 'connection')
    expect(causes).toEqual(['database-stopped'])
    expect(only(symptoms, 'database-stopped').because.join('\n')).toMatch(/reception says: .*Mongo/)
    const dry = await ops(stack, ['troubleshoot', 'connection', '--fix', '--dry-run'])
    expect([dry.exitCode, dry.stdout]).toEqual([0, expect.stringContaining('Start mongodb')])
    expect(await putRight(stack, 'connection')).toMatchObject({ cause: 'database-stopped' })
    expect((await healthOf(stack)).bad['container:mongodb']).toBeUndefined()
  }, 60_000)

  test('a service on the wrong network, with a wrong name, and with a wrong password', async () => {
    await askAt({ networks: 'elsewhere' }, /ENOTFOUND|EAI_AGAIN/)
    expect((await asked(stack, 'connection')).causes).toEqual(['wrong-network'])
    await askAt({ host: 'mongodbb' }, /ENOTFOUND|EAI_AGAIN/)
    const named = await asked(stack, 'connection')
    expect(only(named.symptoms, 'name-wrong').says).toContain('"mongodbb"')
    await askAt({ password: 'hunter2' }, /Authentication failed/)
    const { symptoms, causes } = await asked(stack, 'connection')
    expect(causes).toEqual(['application-sign-in-refused'])
    expect(JSON.stringify(symptoms)).not.toContain('hunter2')
    await askAt({}, /1/)
    expect((await asked(stack, 'connection')).exitCode).toBe(0)
  }, 120_000)

  test('a service that loops, and one that was killed for memory: both are named', async () => {
    await compose('--profile', 'gate', 'up', '--detach', '--no-deps', 'gatekeeper', 'hungry')
    const looping = async () =>
      Number(
        (await docker('inspect', '--format', '{{.RestartCount}}', `${prefix}-gatekeeper-1`)).stdout,
      ) >= 3
    expect(await until(looping, 20_000)).toBe(true)
    const { symptoms } = await asked(stack)
    expect(only(symptoms, 'missing-variable')).toMatchObject({
      symptom: 'restart-loop',
      about: 'gatekeeper',
      fix: null,
    })
    expect(only(symptoms, 'killed-for-memory')).toMatchObject({
      symptom: 'memory',
      about: 'hungry',
    })
    expect(await refusal(stack, 'restart-loop', '--fix')).toEqual({
      exitCode: 6,
      code: 'NOT_FIXABLE',
    })
    await compose('--profile', 'gate', 'rm', '--stop', '--force', 'gatekeeper', 'hungry')
  }, 60_000)
})

describe('on the server', () => {
  test('an operation that takes long is ended, and an index that is missed is built, and dropped again', async () => {
    await using(container, async (client) => {
      const db = client.db('medical_records')
      const visits = db.collection('visits')
      await db.command({ profile: 0, slowms: 0 })
      for (let n = 0; n < 3; n++)
        await visits.find({ 'patient.name': `Patient ${n.toString()}` }).toArray()
      await db.command({ profile: 0, slowms: 100 })
      const forever = visits
        .find({ $where: 'sleep(5000) || true' })
        .toArray()
        .then(
          () => 'answered',
          (error: unknown) => String(error),
        )
      // From ten seconds on troubleshoot counts one as long, from thirty on health does.
      await sleep(31_000)
      const found = await healthOf(stack)
      expect(found.bad['mongo:medical:slow']).toBe('warn')
      expect(found.causes('symptom:slow')).toEqual(['missing-index'])
      const { symptoms } = await asked(stack, 'slow')
      expect(only(symptoms, 'long-operation').fix).toMatchObject({ kind: 'operation' })
      expect(only(symptoms, 'missing-index').fix).toMatchObject({ field: 'patient.name' })
      expect((await refusal(stack, 'slow', '--fix')).code).toBe('CONFIRMATION_REQUIRED')
      expect(await putRight(stack, 'slow')).toMatchObject({
        cause: 'long-operation',
        did: { ended: 'by ops' },
        // The index is missed as before.
        exitCode: 4,
      })
      expect(await forever).toMatch(/interrupted/i)
      expect((await healthOf(stack)).bad['mongo:medical:slow']).toBeUndefined()
      const built = await putRight(stack, 'slow')
      expect(built.did).toMatchObject({ index: 'patient.name_1' })
      expect(await visits.indexExists('patient.name_1')).toBe(true)
      const undone = await ops(stack, [
        'undo',
        built.receipt ?? '',
        '--confirm',
        'medical',
        '--json',
      ])
      expect(undone.exitCode, undone.stdout).toBe(0)
      expect(await visits.indexExists('patient.name_1')).toBe(false)
    })
  }, 90_000)

  test('a lock on writes is told, and left to people', async () => {
    await using(container, async (client) => {
      await client.db('admin').command({ fsync: 1, lock: true })
      const { symptoms } = await asked(stack, 'lock')
      expect(only(symptoms, 'write-lock')).toMatchObject({ severity: 'fail', fix: null })
      const found = await healthOf(stack)
      expect([found.exitCode, found.bad['symptom:lock']]).toEqual([5, 'fail'])
      expect(found.causes('symptom:lock')).toEqual(['write-lock'])
    })
    expect(await refusal(stack, 'lock', '--fix')).toEqual({ exitCode: 6, code: 'NOT_FIXABLE' })
    await using(container, (client) => client.db('admin').command({ fsyncUnlock: 1 }))
    await using(container, (client) =>
      client.db('medical_records').collection('notes').insertOne({}),
    )
    expect((await healthOf(stack)).bad['symptom:lock']).toBeUndefined()
  }, 60_000)

  test('a lock that a dead run left is taken away', async () => {
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
    const found = await healthOf(stack)
    expect([found.bad['symptom:lock'], found.causes('symptom:lock')]).toEqual([
      'warn',
      ['stale-lock'],
    ])
    expect((await asked(stack, 'lock')).causes).toEqual(['stale-lock'])
    expect(await putRight(stack, 'lock')).toMatchObject({ cause: 'stale-lock' })
    expect((await healthOf(stack)).bad['symptom:lock']).toBeUndefined()
    await expect(readFile(path)).rejects.toMatchObject({ code: 'ENOENT' })
  }, 60_000)

  test('documents that are there twice are removed after a backup, and brought back', async () => {
    const count = () =>
      using(container, (client) =>
        client.db('medical_records').collection('visits').countDocuments(),
      )
    expect(await count()).toBe(3003)
    const which = ['duplicates', '--collection', 'medical_records.visits']
    const by = await asked(stack, ...which, '--by', 'ward,patient.name')
    expect(only(by.symptoms, 'equal-fields').fix).toMatchObject({
      fields: ['ward', 'patient.name'],
    })
    const { symptoms } = await asked(stack, ...which)
    expect(only(symptoms, 'equal-documents').says).toContain('3 documents')
    const fixed = await putRight(stack, ...which)
    expect(fixed.did).toMatchObject({ removed: 3 })
    expect(await count()).toBe(3000)
    expect((await asked(stack, ...which)).exitCode).toBe(0)
    const undone = await ops(stack, ['undo', fixed.receipt ?? '', '--confirm', 'medical', '--json'])
    expect(undone.exitCode, undone.stdout).toBe(0)
    expect(await count()).toBe(3003)
  }, 90_000)
})

describe('what is outside', () => {
  test('a port that a process has is told with its number, and what to change', async () => {
    const server: Server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const env = join(stack.folder, '.env')
    const before = await readFile(env, 'utf8')
    await writeFile(env, before.replace('MONGO_PORT=0', `MONGO_PORT=${port.toString()}`))
    await compose('up', '--detach', 'mongodb').catch(() => undefined)
    const health = await healthOf(stack)
    expect([health.exitCode, health.bad['symptom:port']]).toEqual([5, 'fail'])
    expect(health.causes('symptom:port')).toEqual(['port-taken'])
    const { symptoms } = await asked(stack, 'port')
    const found = only(symptoms, 'port-taken')
    expect(found.says).toContain(`process ${process.pid.toString()} `)
    if (found.fix?.kind !== 'port') throw new Error(JSON.stringify(found))
    const instead = `MONGO_PORT=${found.fix.to.toString()}`
    expect(found.next).toContain(`${instead}   (in .env, instead of ${port.toString()})`)
    await new Promise((resolve) => server.close(resolve))
    await writeFile(env, before)
    await compose('up', '--detach', 'mongodb')
    expect((await healthOf(stack)).bad['symptom:port']).toBeUndefined()
  }, 90_000)

  test('is a screen for people, too', async () => {
    const { exitCode, stdout } = await ops(stack, ['troubleshoot', 'stale'])
    expect(exitCode).toBe(5)
    expect(stdout).toMatch(/^fail {5}stale: there is no good backup of medical/)
    expect(stdout).toContain('→ ops backup --target medical')
  }, 30_000)
})
