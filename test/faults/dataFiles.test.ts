import { execa } from 'execa'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ops, placeFor, startOps, type Place } from '../support/cli.js'
import type { MongoClient } from 'mongodb'
import {
  clientOf,
  hashOf,
  loadPatients,
  startMongoServer,
  type MongoServer,
} from '../support/mongoServer.js'
import { until } from '../support/waiting.js'

let server: MongoServer
let place: Place
/** The port changes with every start of the container: made anew after each of them. */
let client: MongoClient

beforeAll(async () => {
  server = await startMongoServer()
  client = server.client
  await loadPatients(client, 20_000, 1_000)
})
afterAll(async () => {
  await client.close()
  await server.remove()
})
beforeEach(async () => {
  place = await placeFor(server)
})
afterEach(async () => {
  for (const running of started.splice(0)) running.kill('SIGKILL')
  await place.remove()
})

const started: ReturnType<typeof startOps>[] = []

async function locked(): Promise<boolean> {
  const answer = await client.db('admin').command({ currentOp: 1, $ownOps: true })
  return answer['fsyncLock'] === true
}

/** Containers of ours that serve this test's server. */
async function ownContainers(): Promise<string[]> {
  const filters = ['--filter', 'label=ops.purpose=datafiles']
  const { stdout } = await execa('docker', ['ps', '--all', '--quiet', ...filters])
  return stdout.split('\n').filter((id) => id !== '')
}

/** A copy that stands still while writes are blocked. */
async function standingStill(...more: readonly string[]) {
  const before = new Set(await ownContainers())
  const running = startOps(place, ['backup', '--physical', '--json', ...more])
  started.push(running)
  await until(locked, 30_000)
  running.kill('SIGSTOP')
  expect(await locked()).toBe(true)
  const own = (await ownContainers()).filter((id) => !before.has(id))
  return { running, own }
}

async function reconnected(): Promise<void> {
  if (client !== server.client) await client.close()
  client = await clientOf(server.container, server)
  const primary = async () => {
    const hello = await client.db('admin').command({ hello: 1 })
    return hello['isWritablePrimary'] === true
  }
  expect(await until(primary, 30_000)).toBe(true)
}

function write() {
  return client.db('medical_records').collection('visits').insertOne({ since: 1 })
}

describe('ops is killed while it blocks writes', () => {
  test('its guard lets them go on, and the next command tells', async () => {
    const { running } = await standingStill()
    running.kill('SIGKILL')
    await running
    await until(async () => !(await locked()), 30_000)
    await write()
    const next = await ops(place, ['backup', 'list'])
    expect(next.exitCode).toBe(0)
    expect(next.stderr).toContain('blocks no writes any more')
    const after = await ops(place, ['backup', 'list'])
    expect(after.stderr).not.toContain('blocks')
  })

  test('its guard lets them go on, and another tool blocks them: that lock is left alone', async () => {
    const { running } = await standingStill()
    running.kill('SIGKILL')
    await running
    await until(async () => !(await locked()), 30_000)
    await client.db('admin').command({ fsync: 1, lock: true })
    const next = await ops(place, ['backup', 'list'])
    expect(next.stderr).toContain('left alone')
    expect(await locked()).toBe(true)
    await client.db('admin').command({ fsyncUnlock: 1 })
    await write()
  })

  test('its guard is killed too: the next command lets them go on', async () => {
    const { running, own } = await standingStill()
    expect(own.length).toBeGreaterThan(0)
    await execa('docker', ['rm', '--force', ...own])
    running.kill('SIGKILL')
    await running
    expect(await locked()).toBe(true)
    const next = await ops(place, ['doctor'])
    expect(next.stderr).toContain('released the writes to medical')
    expect(await locked()).toBe(false)
    await write()
    const again = await ops(place, ['backup', '--physical', '--json'])
    expect(again.exitCode, again.stdout).toBe(0)
    expect(await ownContainers()).not.toEqual(expect.arrayContaining(own))
  })
})

describe('a copy that cannot be finished', () => {
  test('Ctrl-C: writes go on, exit code 130', async () => {
    const { running } = await standingStill()
    running.kill('SIGINT')
    running.kill('SIGCONT')
    const { exitCode } = await running
    expect(exitCode).toBe(130)
    expect(await locked()).toBe(false)
  })

  test('the limit is reached: writes go on, exit code 124', async () => {
    const ended = await ops(place, ['backup', '--physical', '--json', '--lock-limit', '5ms'])
    expect(ended.exitCode, ended.stdout).toBe(124)
    expect(ended.stdout).toContain('LOCK_LIMIT_REACHED')
    expect(await locked()).toBe(false)
    const { stdout } = await ops(place, ['backup', 'list', '--json'])
    expect((JSON.parse(stdout) as { result: { backups: unknown[] } }).result.backups).toEqual([])
  })

  test('ops stands still: its guard lets writes go on at the limit, and the copy is thrown away', async () => {
    const { running } = await standingStill('--lock-limit', '3s')
    // Nobody but the guard can release it.
    expect(await until(async () => !(await locked()), 20_000)).toBe(true)
    await write()
    running.kill('SIGCONT')
    const { exitCode, stdout } = await running
    expect([1, 124], stdout).toContain(exitCode)
    expect(stdout).toMatch(/LOCK_LOST|LOCK_LIMIT_REACHED/)
    const { stdout: listed } = await ops(place, ['backup', 'list', '--json'])
    expect((JSON.parse(listed) as { result: { backups: unknown[] } }).result.backups).toEqual([])
  })

  test('the server is killed meanwhile: the copy is thrown away', async () => {
    const { running } = await standingStill()
    await execa('docker', ['restart', '--time', '0', server.container])
    running.kill('SIGCONT')
    const { exitCode, stdout } = await running
    expect(exitCode, stdout).not.toBe(0)
    await reconnected()
    const { stdout: listed } = await ops(place, ['backup', 'list', '--json'])
    expect((JSON.parse(listed) as { result: { backups: unknown[] } }).result.backups).toEqual([])
  })
})

describe('ops is killed while it restores', () => {
  test.each([
    ['while it unpacks', 'Unpack', 'nothing stays beside'],
    ['once the database is stopped', 'Stop ', 'nothing stays beside'],
    // Somebody may have written to what was in place.
    ['once the files are exchanged', 'Put the restored', 'the restored files stay beside'],
  ])('%s: undo puts everything back', async (_when, step, beside) => {
    const copy = await ops(place, ['backup', '--physical', '--json'])
    expect(copy.exitCode, copy.stdout).toBe(0)
    const { id } = (JSON.parse(copy.stdout) as { result: { id: string } }).result
    await write()
    const hash = await hashOf(client)
    const running = startOps(place, ['restore', id, '--confirm', 'medical'])
    started.push(running)
    const word = step === 'Unpack' ? 'start    Unpack' : `done     ${step}`
    await new Promise<void>((resolve) => {
      let said = ''
      running.stderr.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        if (said.includes(word)) resolve()
      })
    })
    running.kill('SIGKILL')
    await running
    const again = await ops(place, ['restore', id, '--confirm', 'medical', '--json'])
    expect(again.stdout).toContain('RESTORE_CUT_OFF')
    const undone = await ops(place, ['undo', '--confirm', 'medical', '--json'])
    expect(undone.exitCode, undone.stdout + undone.stderr).toBe(0)
    await reconnected()
    expect(await hashOf(client)).toBe(hash)
    expect(await keptFolders()).toHaveLength(beside === 'nothing stays beside' ? 0 : 1)
    if (beside === 'nothing stays beside') return
    const forgotten = await ops(place, ['restore', '--forget-old', '--confirm', 'medical'])
    expect(forgotten.exitCode, forgotten.stderr).toBe(0)
    expect(await keptFolders()).toEqual([])
    expect(await hashOf(client)).toBe(hash)
  })
})

async function keptFolders(): Promise<readonly string[]> {
  const { stdout } = await execa('docker', ['exec', server.container, 'ls', '-A', '/data/db'])
  return stdout.split('\n').filter((name) => name.startsWith('.ops-before'))
}
