import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ops, placeFor, startOps, type Place } from '../support/cli.js'
import {
  canaryPassword,
  loadPatients,
  startMongoServer,
  type MongoServer,
} from '../support/mongoServer.js'

let server: MongoServer
let place: Place

beforeAll(async () => {
  server = await startMongoServer()
  await loadPatients(server.client, 30_000, 1_000)
  place = await placeFor(server)
})
afterAll(async () => {
  await place.remove()
  await server.remove()
})

/** The password in every form it could be written down in. */
const forms = [
  canaryPassword,
  encodeURIComponent(canaryPassword),
  encodeURIComponent(canaryPassword).replaceAll("'", '%27'),
  JSON.stringify(canaryPassword).slice(1, -1),
]

function betrays(text: string): boolean {
  return forms.some((form) => text.includes(form))
}

/** Arguments and environments of every process of this machine, containers included, but the server's own. */
async function glance(): Promise<string[]> {
  const found: string[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const read = (name: string) => readFile(join('/proc', pid, name), 'utf8').catch(() => '')
    const command = (await read('cmdline')).replaceAll('\0', ' ')
    if (betrays(command)) found.push(`arguments of ${command}`)
    // mongod and its start script were given the password by `docker run`, which is this test's doing.
    if (
      !/^(mongod |bash \/stack|.*docker-entrypoint)/.test(command) &&
      betrays(await read('environ'))
    )
      found.push(`environment of ${command}`)
  }
  return found
}

/** Looks again and again while a command runs. */
async function watched(argv: readonly string[]) {
  const running = startOps(place, argv)
  const found = new Set<string>()
  const state = { done: false }
  const looking = (async () => {
    while (!state.done) {
      for (const what of await glance()) found.add(what)
      const { stdout } = await execa(
        'docker',
        ['inspect', '--format', '{{json .ExecIDs}}', server.container],
        { reject: false },
      )
      for (const id of (JSON.parse(stdout || 'null') as string[] | null) ?? []) {
        const { stdout: exec } = await execa(
          'curl',
          ['--silent', '--unix-socket', '/var/run/docker.sock', `http://docker/exec/${id}/json`],
          { reject: false },
        )
        if (betrays(exec)) found.add('the inspection of an exec')
      }
      await sleep(5)
    }
  })()
  const { exitCode, stdout, stderr } = await running
  state.done = true
  await looking
  return { exitCode, output: `${stdout}\n${stderr}`, found: [...found] }
}

async function everythingUnder(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const texts = names
    .filter((entry) => entry.isFile() && entry.name !== 'password' && !entry.name.endsWith('.gz'))
    .map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8'))
  return (await Promise.all(texts)).join('\n')
}

describe.each(['sidecar', 'exec', 'host'])(
  'a password full of special characters, engine %s',
  (engine) => {
    test('is in no argument list, environment, inspection or output of a backup', async () => {
      const { exitCode, output, found } = await watched(['backup', '--verbose', '--engine', engine])
      expect(exitCode).toBe(0)
      expect(found).toEqual([])
      expect(betrays(output)).toBe(false)
    })
  },
)

test('the same holds for a restore and its undo, and for every file they leave', async () => {
  for (const argv of [
    ['restore', '--confirm', 'medical', '--verbose'],
    ['undo', '--confirm', 'medical', '--json'],
  ]) {
    const { exitCode, output, found } = await watched(argv)
    expect(exitCode, output).toBe(0)
    expect(found).toEqual([])
    expect(betrays(output)).toBe(false)
  }
  expect(betrays(await everythingUnder(place.folder))).toBe(false)
})

test('a sign-in that is refused does not tell with which password', async () => {
  const wrong = await placeFor({
    container: server.container,
    username: server.username,
    password: `${canaryPassword}!`,
  })
  for (const argv of [
    ['backup'],
    ['backup', '--json'],
    ['backup', '--verbose'],
    ['config', 'show'],
    ['doctor', '--json'],
  ]) {
    const { stdout, stderr } = await ops(wrong, argv)
    expect(betrays(stdout + stderr), argv.join(' ')).toBe(false)
  }
  const { exitCode, stdout } = await ops(wrong, ['backup', '--json'])
  expect(exitCode).toBe(13)
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'MONGO_AUTHENTICATION' } })
  await wrong.remove()
})
