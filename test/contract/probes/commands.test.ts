import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mongoImage } from '../../support/mongoServer.js'
import { calm, overAfter, realProbes } from './machine.js'

const token = randomBytes(4).toString('hex')
const project = `probes${token}`
const containers = { whole: `ops-probes-${token}`, bare: `ops-probes-${token}-bare` }
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-commands-'))
  for (const [service, name] of Object.entries(containers)) {
    const labels = [`project=${project}`, `service=${service}`].flatMap((label) => [
      '--label',
      `com.docker.compose.${label}`,
    ])
    const named = ['--name', name, '--label', 'ops.test=probes', ...labels]
    await execa('docker', [
      'run',
      '--detach',
      '--init',
      ...named,
      '--entrypoint',
      'sleep',
      mongoImage(),
      '600',
    ])
  }
  // As images are that hold nothing but a program.
  await execa('docker', ['exec', containers.bare, 'rm', '-f', '/usr/bin/sh', '/bin/sh'])
}, 60_000)

afterAll(async () => {
  await execa('docker', ['rm', '--force', ...Object.values(containers)], { reject: false })
  await rm(folder, { recursive: true, force: true })
})

const inService = (service: keyof typeof containers, command: readonly string[], signal = calm) =>
  realProbes({ project }).exec({ command, place: { kind: 'service', service } }, signal)
const here = (command: readonly string[], signal = calm, environment = process.env) =>
  realProbes({ environment }).exec({ command, place: { kind: 'host', folder } }, signal)
const processesOf = async (name: string) =>
  (await execa('docker', ['top', name, '-o', 'pid,args'])).stdout

describe('a command in a container', () => {
  test('gives its exit code, whatever it prints', async () => {
    const talks = ['sh', '-c', 'head -c 3000000 /dev/zero; head -c 300000 /dev/zero >&2; exit 7']
    expect(await inService('whole', talks)).toEqual({ exitCode: 7 })
    expect(await inService('whole', ['true'])).toEqual({ exitCode: 0 })
    expect(await inService('whole', ['no-such-program'])).toEqual({ exitCode: 127 })
  })

  test('gets its arguments as they are: no shell reads them', async () => {
    const odd = ['test', '$HOME; `id` "x" \'y\'', '=', '$HOME; `id` "x" \'y\'']
    expect(await inService('whole', odd)).toEqual({ exitCode: 0 })
  })

  test('is ended there when the time is up, with what it started', async () => {
    const slow = ['sh', '-c', 'sleep 4711 & sleep 4712']
    await expect(inService('whole', slow, overAfter(500))).rejects.toThrow('the time is up')
    expect(await processesOf(containers.whole)).not.toMatch(/471[12]/)
  })

  test('works without a shell; one that cannot be ended is told of', async () => {
    expect(await inService('bare', ['true'])).toEqual({ exitCode: 0 })
    const { exitCode } = await inService('bare', ['no-such-program'])
    expect([126, 127]).toContain(exitCode)
    await expect(inService('bare', ['sleep', '30'], overAfter(1500))).rejects.toMatchObject({
      code: 'COMMAND_LEFT_RUNNING',
      kind: 'timed-out',
    })
  })

  test('is not run where there is no container, or it does not run', async () => {
    const nowhere = { command: ['true'], place: { kind: 'service', service: 'x' } } as const
    await expect(realProbes({ project }).exec(nowhere, calm)).rejects.toMatchObject({
      code: 'CONTAINER_NOT_FOUND',
    })
    const unknown = { command: ['true'], place: { kind: 'container', container: 'x-y-z' } } as const
    await expect(realProbes().exec(unknown, calm)).rejects.toMatchObject({
      code: 'CONTAINER_STOPPED',
    })
  })
})

describe('a command on this machine', () => {
  test('gives its exit code, and runs in the folder of the configuration', async () => {
    expect(await here(['sh', '-c', 'exit 3'])).toEqual({ exitCode: 3 })
    expect(await here(['sh', '-c', `test "$PWD" = "${folder}"`])).toEqual({ exitCode: 0 })
  })

  test('sees nothing of the environment that it does not need', async () => {
    const environment = { ...process.env, MONGO_PASSWORD: 'f00d', OPS_PASSPHRASE: 'f00d' }
    const file = join(folder, 'environment')
    await here(['sh', '-c', `env >"${file}"`], calm, environment)
    const seen = await readFile(file, 'utf8')
    expect(seen).toContain('PATH=')
    expect(seen).not.toContain('f00d')
  })

  test('is ended with what it started when the time is up', async () => {
    const file = join(folder, 'child')
    const slow = ['sh', '-c', `trap '' TERM; sleep 4713 & echo $! >"${file}"; wait; wait`]
    await expect(here(slow, overAfter(500))).rejects.toThrow('the time is up')
    const child = Number(await readFile(file, 'utf8'))
    const isThere = () => readFile(`/proc/${child.toString()}/cmdline`, 'utf8').catch(() => '')
    await expect.poll(isThere).not.toContain('4713')
  })

  test('that cannot be started is no answer', async () => {
    await expect(here(['/nowhere/x'])).rejects.toMatchObject({ code: 'COMMAND_NOT_STARTED' })
  })
})
