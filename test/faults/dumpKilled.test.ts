import { readdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import type { Long } from 'mongodb'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ops, placeFor, startOps, type Place } from '../support/cli.js'
import { loadPatients, startMongoServer, type MongoServer } from '../support/mongoServer.js'
import { until } from '../support/waiting.js'

let server: MongoServer
let place: Place

beforeAll(async () => {
  server = await startMongoServer()
  // More than mongodump (16 MB a collection) and the engine hold back: a dump whose reader stands still cannot end.
  await loadPatients(server.client, 60_000, 2_000)
})
afterAll(async () => {
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

function startBackup() {
  const running = startOps(place, ['backup', '--json', '--engine', 'exec'])
  started.push(running)
  return running
}

/** Numbers of the mongodumps that run in the container. */
async function mongodumps({ container }: MongoServer = server): Promise<string[]> {
  const { stdout } = await execa('docker', ['top', container, '-eo', 'pid,comm'], {
    reject: false,
  })
  return stdout
    .split('\n')
    .filter((line) => line.trim().endsWith('mongodump'))
    .map((line) => line.trim().split(/\s+/)[0] ?? '')
}

/** A backup that stands still in the middle of its dump: ops is stopped, so nobody reads on. */
async function standingStill() {
  const running = startBackup()
  await until(async () => (await mongodumps()).length > 0, 10_000)
  running.kill('SIGSTOP')
  await sleep(500)
  const pids = await mongodumps()
  expect(pids).toHaveLength(1)
  return {
    running,
    mongodump: pids[0] ?? '',
    goOn: async () => {
      running.kill('SIGCONT')
      const { exitCode, stdout } = await running
      return {
        exitCode,
        answer: JSON.parse(stdout) as {
          ok: boolean
          error: { code: string; message: string }
        },
      }
    },
  }
}

async function listed(): Promise<string[]> {
  const { stdout } = await ops(place, ['backup', 'list', '--json'])
  const { result } = JSON.parse(stdout) as { result: { backups: { id: string }[] } }
  return result.backups.map(({ id }) => id)
}

describe('a backup whose dump is ended from outside is none', () => {
  test('cursor killed: mongodump closes its archive well and exits 1', async () => {
    const { goOn } = await standingStill()
    const idle = await server.client
      .db('admin')
      .aggregate(
        [
          { $currentOp: { idleCursors: true, allUsers: true } },
          {
            $match: { ns: 'medical_records.healthcare_data', 'cursor.cursorId': { $exists: true } },
          },
        ],
        { promoteLongs: false },
      )
      .toArray()
    expect(idle).toHaveLength(1)
    const cursors = idle.map((operation) => (operation['cursor'] as { cursorId: Long }).cursorId)
    await server.client.db('medical_records').command({ killCursors: 'healthcare_data', cursors })
    const { exitCode, answer } = await goOn()
    expect(exitCode).toBe(1)
    expect(answer).toMatchObject({ ok: false, error: { code: 'DUMP_FAILED' } })
    expect(await listed()).toEqual([])
  })

  test('SIGTERM to mongodump: the archive is whole as far as it goes, and it exits 1', async () => {
    const { goOn, mongodump } = await standingStill()
    await execa('kill', ['-TERM', mongodump])
    const { exitCode, answer } = await goOn()
    expect(exitCode).toBe(1)
    expect(answer.error.code).toBe('DUMP_FAILED')
    expect(await listed()).toEqual([])
  })

  test('SIGKILL to mongodump', async () => {
    const { goOn, mongodump } = await standingStill()
    await execa('kill', ['-KILL', mongodump])
    const { exitCode, answer } = await goOn()
    expect(exitCode).toBe(1)
    expect(answer.error.message).toContain('137')
    expect(await listed()).toEqual([])
  })

  test('SIGKILL to ops: mongodump is gone within 5 seconds, and the next run sweeps up and says so', async () => {
    const { running } = await standingStill()
    running.kill('SIGKILL')
    await running
    expect(await until(async () => (await mongodumps()).length === 0, 5_000)).toBe(true)
    expect(await listed()).toEqual([])
    expect((await readdir(place.shelf)).filter((name) => name.endsWith('.partial'))).toHaveLength(1)
    const next = await ops(place, ['backup', '--json'])
    const answer = JSON.parse(next.stdout) as { ok: boolean; warnings: string[] }
    expect(next.exitCode).toBe(0)
    expect(answer.warnings.join('\n')).toMatch(/took over the lock[^]*removed .*\.partial/)
    expect((await readdir(place.shelf)).filter((name) => name.endsWith('.partial'))).toEqual([])
    expect(await listed()).toHaveLength(1)
  })

  test('Ctrl-C: exit code 130, nothing left on the shelf, no mongodump left', async () => {
    const running = startBackup()
    await until(async () => (await mongodumps()).length > 0, 10_000)
    running.kill('SIGINT')
    const { exitCode } = await running
    expect(exitCode).toBe(130)
    expect(await until(async () => (await mongodumps()).length === 0, 5_000)).toBe(true)
    expect(
      (await readdir(place.shelf)).filter(
        (name) => name.endsWith('.gz') || name.endsWith('.partial'),
      ),
    ).toEqual([])
    expect(await listed()).toEqual([])
  })
})

test('docker kill of the database in the middle of its dump', async () => {
  const victim = await startMongoServer()
  const elsewhere = place
  try {
    await loadPatients(victim.client, 60_000, 2_000)
    place = await placeFor(victim)
    const running = startBackup()
    expect(await until(async () => (await mongodumps(victim)).length > 0, 10_000)).toBe(true)
    running.kill('SIGSTOP')
    await sleep(300)
    await execa('docker', ['kill', victim.container])
    running.kill('SIGCONT')
    const { exitCode, stdout } = await running
    expect(exitCode).toBe(1)
    expect((JSON.parse(stdout) as { error: { message: string } }).error.message).toContain('exited')
    expect(await listed()).toEqual([])
    await place.remove()
  } finally {
    place = elsewhere
    await victim.remove()
  }
})
