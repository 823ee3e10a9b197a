import { execa } from 'execa'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { ops, placeFor, startOps, type Place } from '../support/cli.js'
import { listed, noLeftovers, wholeFiles } from '../support/invariants.js'
import { loadPatients, startMongoServer, type MongoServer } from '../support/mongoServer.js'
import { until } from '../support/waiting.js'

let server: MongoServer
let place: Place

beforeAll(async () => {
  server = await startMongoServer()
  await loadPatients(server.client, 40_000, 2_000)
})
afterAll(async () => {
  await server.remove()
})
beforeEach(async () => {
  place = await placeFor(server)
  return () => place.remove()
})

/** A backup that holds the lock and stands still. */
async function standing() {
  const running = startOps(place, ['backup', '--engine', 'exec', '--json'])
  const dumps = async () => {
    const { stdout } = await execa('docker', ['top', server.container, '-eo', 'pid,comm'])
    return stdout.includes('mongodump')
  }
  expect(await until(dumps, 20_000)).toBe(true)
  running.kill('SIGSTOP')
  return { running }
}

test('a second backup, and a restore, are told who holds the target: exit 11; the first one ends well', async () => {
  const { running } = await standing()
  for (const argv of [['backup'], ['restore', '--confirm', 'medical']]) {
    const { exitCode, stdout } = await ops(place, [...argv, '--json'])
    // Without a backup a restore has nothing to wait for.
    if (argv[0] === 'restore') expect([10, 11]).toContain(exitCode)
    else {
      expect(exitCode, stdout).toBe(11)
      const { error } = JSON.parse(stdout) as { error: { code: string; message: string } }
      expect(error.code).toBe('TARGET_LOCKED')
      expect(error.message).toContain(running.pid?.toString())
    }
  }
  running.kill('SIGCONT')
  const { exitCode } = await running
  expect(exitCode).toBe(0)
  expect(await listed(place)).toHaveLength(1)
})

test('of eight backups begun at once every one that says 0 is listed, the others say 11', async () => {
  const runs = await Promise.all(Array.from({ length: 8 }, () => ops(place, ['backup', '--json'])))
  const done = runs.filter(({ exitCode }) => exitCode === 0)
  expect(done.length).toBeGreaterThan(0)
  expect(runs.every(({ exitCode }) => exitCode === 0 || exitCode === 11)).toBe(true)
  const backups = await listed(place)
  expect(backups).toHaveLength(done.length)
  expect(new Set(backups.map(({ id }) => id)).size).toBe(done.length)
  await wholeFiles(backups)
  await noLeftovers(place)
})
