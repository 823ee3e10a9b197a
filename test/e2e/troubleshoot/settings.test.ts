import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { thesePremises } from '../../../src/adapters/host/premises.js'
import { limitsFileName } from '../../../src/domain/limitsFile.js'
import { cleanUp } from '../../support/cleanUp.js'
import { ops } from '../../support/cli.js'
import { referenceStack, type ReferenceStack } from '../../support/referenceStack.js'
import { until } from '../../support/waiting.js'
import { only } from '../../unit/troubleshoot/scene.js'
import { healthOf } from './found.js'
import { asked, docker, putRight, refusal, using } from './ward.js'

const prefix = `opsset${process.pid.toString()}`
const container = `${prefix}_mongodb`
const made = cleanUp()
const MiB = 1024 ** 2
let stack: ReferenceStack

const files = ['docker-compose.yml', 'docker-compose.override.yml']
const compose = (...argv: readonly string[]) =>
  stack.compose(...files.flatMap((name) => ['-f', name]), ...argv)
const inspected = async (format: string) =>
  (await docker('inspect', '--format', format, container)).stdout
const visits = () =>
  using(container, (client) => client.db('medical_records').collection('visits').countDocuments())

/** How compose files publish a port with a key a line. */
const longForm = `- target: 27017
        published: "\${MONGO_PORT:-27017}"
        host_ip: 127.0.0.1`

async function undone(receipt: string | null): Promise<void> {
  const ended = await ops(stack, ['undo', receipt ?? '', '--confirm', 'medical', '--json'])
  expect(ended.exitCode, ended.stdout + ended.stderr).toBe(0)
}

beforeAll(async () => {
  stack = made.made(await referenceStack(prefix), (it) => it.remove())
  made.made(undefined, () => compose('--profile', '*', 'down', '--volumes', '--timeout', '1'))
  const up = await ops(stack, ['stack', 'up', '--json'])
  expect(up.exitCode, up.stdout + up.stderr).toBe(0)
  await using(container, (client) =>
    client
      .db('medical_records')
      .collection('visits')
      .insertMany([{ n: 1 }, { n: 2 }]),
  )
}, 90_000)
afterAll(() => made.all(), 60_000)

describe('ops troubleshoot --fix', () => {
  test('leaves alone what somebody may have stopped on purpose, until the symptom is named', async () => {
    await docker('stop', container)
    expect(await refusal(stack, '--fix')).toEqual({ exitCode: 6, code: 'NOT_FIXABLE' })
    expect(await inspected('{{.State.Status}}')).toBe('exited')
    await putRight(stack, 'connection')
    await docker('pause', container)
    expect(await refusal(stack, '--fix')).toEqual({ exitCode: 6, code: 'NOT_FIXABLE' })
    expect(await inspected('{{.State.Status}}')).toBe('paused')
    await docker('unpause', container)
  }, 90_000)

  test('names a symptom that ops.yaml declares, by what checks found', async () => {
    const yaml = join(stack.folder, 'ops.yaml')
    const before = await readFile(yaml, 'utf8')
    const symptom = `{name: unsaved, says: nothing is saved, when: [{check: 'backup:medical', is: fail}], next: [call Ada]}`
    await writeFile(yaml, `${before}\nsymptoms: [${symptom}]\n`)
    const { exitCode, symptoms, causes } = await asked(stack, 'unsaved')
    expect([exitCode, causes]).toEqual([5, ['unsaved']])
    expect(only(symptoms, 'unsaved')).toMatchObject({
      symptom: 'declared:unsaved',
      says: 'nothing is saved',
      next: ['call Ada'],
    })
    expect(only(symptoms, 'unsaved').because.join()).toContain('backup:medical')
    expect((await asked(stack, 'disk')).causes).not.toContain('unsaved')
    expect(await refusal(stack, 'unsavd')).toEqual({ exitCode: 2, code: 'SYMPTOM_UNKNOWN' })
    await writeFile(yaml, before)
  }, 60_000)

  test('publishes a service on another port where a process has its own, and takes that back', async () => {
    const server: Server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const env = join(stack.folder, '.env')
    const before = await readFile(env, 'utf8')
    const taken = `# who has what\n${before.replace('MONGO_PORT=0', `MONGO_PORT=${port.toString()}   # the database`)}`
    await writeFile(env, taken)
    await chmod(env, 0o640)
    const file = join(stack.folder, 'docker-compose.yml')
    const short = await readFile(file, 'utf8')
    await writeFile(file, short.replace('- 127.0.0.1:${MONGO_PORT:-27017}:27017', longForm))
    await compose('up', '--detach', 'mongodb').catch(() => undefined)
    const { symptoms } = await asked(stack, 'port')
    const { fix } = only(symptoms, 'port-taken')
    if (fix?.kind !== 'port') throw new Error(JSON.stringify(symptoms))
    expect((await refusal(stack, '--fix')).code).toBe('NOT_FIXABLE')
    expect((await refusal(stack, 'port', '--fix')).code).toBe('CONFIRMATION_REQUIRED')
    expect(await readFile(env, 'utf8')).toBe(taken)

    const fixed = await putRight(stack, 'port')
    expect(fixed).toMatchObject({ cause: 'port-taken', exitCode: 0 })
    const changed = taken.replace(port.toString(), fix.to.toString())
    expect(await readFile(env, 'utf8')).toBe(changed)
    expect((await stat(env)).mode & 0o777).toBe(0o640)
    expect(await thesePremises.answers('127.0.0.1', fix.to, 2000)).toBe(true)
    expect(await visits()).toBe(2)

    await undone(fixed.receipt)
    expect(await readFile(env, 'utf8')).toBe(taken)
    expect(await inspected('{{.State.Status}}')).not.toBe('running')
    await writeFile(file, short)
    expect(only((await asked(stack, 'port')).symptoms, 'port-taken').fix).toEqual(fix)
    await new Promise((resolve) => server.close(resolve))
    await writeFile(env, before)
    await compose('up', '--detach', '--wait', 'mongodb')
    expect(await visits()).toBe(2)
  }, 180_000)

  test('gives a server that was killed for memory more of it, and takes that back', async () => {
    const override = join(stack.folder, 'docker-compose.override.yml')
    const before = await readFile(override, 'utf8')
    const limit = 'mem_limit: 64m, memswap_limit: 64m'
    await writeFile(override, before.replace('mongodb: {', `mongodb: {${limit}, `))
    await compose('up', '--detach', 'mongodb')
    const isTold = async () => (await asked(stack, 'memory')).causes.includes('killed-for-memory')
    expect(await until(isTold, 90_000)).toBe(true)
    const health = await healthOf(stack)
    expect([health.exitCode, health.bad['container:mongodb']]).toEqual([5, 'fail'])
    expect((await refusal(stack, 'memory', '--fix')).code).toBe('CONFIRMATION_REQUIRED')
    const file = join(stack.folder, limitsFileName)
    await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' })
    const limited = await readFile(override, 'utf8')
    await writeFile(override, limited.replace(limit, `${limit}, environment: {WARD: '7'}`))
    const confirmed = ['memory', '--fix', '--confirm', 'medical']
    expect(await refusal(stack, ...confirmed)).toEqual({ exitCode: 6, code: 'CONFIG_DIFFERS' })
    await writeFile(override, limited)

    const fixed = await putRight(stack, 'memory')
    expect(fixed.cause).toBe('killed-for-memory')
    // What holds its cache of 256 MiB.
    expect(await inspected('{{.HostConfig.Memory}}')).toBe((576 * MiB).toString())
    expect(await readFile(override, 'utf8')).toContain(limit)
    expect(await readFile(file, 'utf8')).toContain('"576m"')
    expect((await healthOf(stack)).bad['container:mongodb']).toBeUndefined()
    expect((await stat(file)).mode & 0o777).toBe(0o644)
    expect(await visits()).toBe(2)
    // Whatever ops does with the stack takes the file along.
    const up = await ops(stack, ['stack', 'up', '--json'])
    expect(up.exitCode, up.stdout + up.stderr).toBe(0)
    expect(await inspected('{{.HostConfig.Memory}}')).toBe((576 * MiB).toString())

    await undone(fixed.receipt)
    await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await inspected('{{.HostConfig.Memory}}')).toBe((64 * MiB).toString())
    await writeFile(override, before)
    await compose('up', '--detach', '--wait', 'mongodb')
    expect(await visits()).toBe(2)
  }, 300_000)

  // Only root may look at logs of the engine.
  test.skipIf(process.getuid?.() !== 0)(
    'bounds a log that takes a gigabyte, frees that, and takes the bound back',
    async () => {
      const log = await inspected('{{.LogPath}}')
      // It takes the room, and its text stays as it is.
      await execa('fallocate', ['--keep-size', '--length', (1100 * MiB).toString(), log])
      const { symptoms } = await asked(stack, 'disk')
      expect(only(symptoms, 'log-unbounded')).toMatchObject({
        about: 'mongodb',
        fix: { kind: 'logs', service: 'mongodb' },
      })

      const fixed = await putRight(stack, 'disk')
      expect(fixed.cause).toBe('log-unbounded')
      expect(Number(fixed.did['logBytes'])).toBeGreaterThan(1024 * MiB)
      await expect(stat(log)).rejects.toMatchObject({ code: 'ENOENT' })
      const bounds = async () =>
        JSON.parse(await inspected('{{json .HostConfig.LogConfig}}')) as unknown
      expect(await bounds()).toEqual({
        Type: 'json-file',
        Config: { 'max-size': '10m', 'max-file': '5' },
      })
      expect(await visits()).toBe(2)

      await undone(fixed.receipt)
      expect(await bounds()).toMatchObject({ Config: {} })
      await expect(readFile(join(stack.folder, limitsFileName))).rejects.toMatchObject({
        code: 'ENOENT',
      })
      expect(await visits()).toBe(2)
    },
    120_000,
  )
})
