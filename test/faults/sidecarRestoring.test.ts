import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ops, placeFor, startOps, type Place } from '../support/cli.js'
import { answerOf } from '../support/envelope.js'
import { hashOf, loadPatients, startMongoServer, type MongoServer } from '../support/mongoServer.js'
import { pipesOf, sidecarsOf, standingStill } from '../support/sidecars.js'
import { until } from '../support/waiting.js'

let server: MongoServer
let place: Place
let hash: string
const started: ReturnType<typeof startOps>[] = []

beforeAll(async () => {
  server = await startMongoServer()
  await loadPatients(server.client, 60_000, 2_000)
})
afterAll(() => server.remove())
beforeEach(async () => {
  place = await placeFor(server)
  const path = join(place.folder, 'ops.yaml')
  const yaml = await readFile(path, 'utf8')
  await writeFile(path, yaml.replace(/(container: \S+)/, '$1\n    engine: sidecar'), {
    mode: 0o600,
  })
  answerOf(await ops(place, ['backup', '--json']))
  // What is there when the restore begins is another state than that of the backup.
  const patients = server.client.db('medical_records').collection('healthcare_data')
  await patients.updateMany({}, { $set: { treated: new Date() } })
  hash = await hashOf(server.client)
})
afterEach(async () => {
  for (const running of started.splice(0)) running.kill('SIGKILL')
  await ops(place, ['backup', '--quiet'])
  await place.remove()
})

/** A restore that stands still in the middle: ops is stopped, so nobody feeds mongorestore. */
function restoreStandingStill() {
  const running = startOps(place, ['restore', '--confirm', 'medical', '--json'])
  started.push(running)
  return standingStill(running, 'mongorestore')
}

describe('a restore through a sidecar that is ended from outside', () => {
  test('ops killed: the sidecar stops within 5 seconds, ops undo brings back what was there and removes what is left', async () => {
    const { running, sidecar } = await restoreStandingStill()
    running.kill('SIGKILL')
    await running
    expect(await until(async () => (await sidecarsOf(running.pid)).length === 0, 5_000)).toBe(true)
    expect(await pipesOf(running.pid)).toHaveLength(1)

    // Any other run of ops on this machine may have removed it before.
    answerOf(await ops(place, ['undo', '--confirm', 'medical', '--json']))
    expect(await hashOf(server.client)).toBe(hash)
    expect(await sidecarsOf(running.pid, '--all')).toEqual([])
    expect(await pipesOf(running.pid)).toEqual([])
    expect((await execa('docker', ['inspect', sidecar], { reject: false })).exitCode).toBe(1)
  })

  test('the sidecar killed: the restore fails, says so, and what was there is back', async () => {
    const { running, sidecar, goOn } = await restoreStandingStill()
    await execa('docker', ['kill', sidecar])
    const { exitCode, answer } = await goOn()
    expect(exitCode).toBe(1)
    expect(answer.error).toMatchObject({ code: 'RESTORE_FAILED' })
    expect(answer.error.message).toContain('it was killed from outside')
    expect(await hashOf(server.client)).toBe(hash)
    expect(await sidecarsOf(running.pid, '--all')).toEqual([])
    expect(await pipesOf(running.pid)).toEqual([])
  })

  test('Ctrl-C: exit code 130, no container and no pipe left, and ops undo brings it back', async () => {
    const { running } = await restoreStandingStill()
    running.kill('SIGINT')
    running.kill('SIGCONT')
    const { exitCode } = await running
    expect(exitCode).toBe(130)
    expect(await sidecarsOf(running.pid, '--all')).toEqual([])
    expect(await pipesOf(running.pid)).toEqual([])
    answerOf(await ops(place, ['undo', '--confirm', 'medical', '--json']))
    expect(await hashOf(server.client)).toBe(hash)
  })
})

test.each(['kill', 'stop'])(
  'docker %s of the database in the middle of a restore: that is the reason given',
  async (how) => {
    const { running, goOn } = await restoreStandingStill()
    await execa('docker', [how, server.container])
    try {
      const { exitCode, answer } = await goOn()
      expect(exitCode).toBe(1)
      // Nothing can be put back now either, which is told first.
      expect(answer.error.code).toBe('UNDO_INCOMPLETE')
      expect(answer.error.message).toContain(`container ${server.container} is exited`)
      expect(await sidecarsOf(running.pid, '--all')).toEqual([])
      expect(await pipesOf(running.pid)).toEqual([])
    } finally {
      // Its port would be another one, so the client of the test would not find it again.
      await server.remove()
      server = await startMongoServer()
      await loadPatients(server.client, 60_000, 2_000)
    }
  },
)
