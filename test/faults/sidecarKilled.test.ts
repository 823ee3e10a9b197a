import { execa } from 'execa'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ops, placeFor, startOps, type Place } from '../support/cli.js'
import { answerOf } from '../support/envelope.js'
import { loadPatients, startMongoServer, type MongoServer } from '../support/mongoServer.js'
import { pipesOf, sidecarsOf, standingStill } from '../support/sidecars.js'
import { until } from '../support/waiting.js'

let server: MongoServer
let place: Place
const started: ReturnType<typeof startOps>[] = []

beforeAll(async () => {
  server = await startMongoServer()
  // More than mongodump holds back: a dump whose reader stands still cannot end.
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
  await ops(place, ['backup', '--quiet'])
  await place.remove()
})

const backup = ['backup', '--json', '--engine', 'sidecar']

/** A backup that stands still in the middle of its dump: ops is stopped, so nobody reads on. */
function backupStandingStill(at: Place = place) {
  const running = startOps(at, backup)
  started.push(running)
  return standingStill(running, 'mongodump')
}

describe('a dump through a sidecar that is ended from outside is no backup', () => {
  test('ops killed: the sidecar stops within 5 seconds, the next run removes what is left and says so', async () => {
    const { running, sidecar } = await backupStandingStill()
    running.kill('SIGKILL')
    await running
    expect(await until(async () => (await sidecarsOf(running.pid)).length === 0, 5_000)).toBe(true)
    expect(await pipesOf(running.pid)).toHaveLength(1)
    const next = await ops(place, backup)
    const answer = answerOf<{ readonly engine: string }>(next)
    expect(answer.result.engine).toBe('sidecar')
    expect(answer.warnings.join('\n')).toMatch(
      /removed container ops-sidecar-[^]*removed \S*ops-pipe-/,
    )
    expect(await sidecarsOf(running.pid, '--all')).toEqual([])
    expect(await pipesOf(running.pid)).toEqual([])
    expect((await execa('docker', ['inspect', sidecar], { reject: false })).exitCode).toBe(1)
  })

  test('the sidecar killed', async () => {
    const { running, sidecar, goOn } = await backupStandingStill()
    await execa('docker', ['kill', sidecar])
    const { exitCode, answer } = await goOn()
    expect(exitCode).toBe(1)
    expect(answer.error).toMatchObject({ code: 'DUMP_FAILED' })
    expect(answer.error.message).toContain('137')
    expect(await sidecarsOf(running.pid, '--all')).toEqual([])
    expect(await pipesOf(running.pid)).toEqual([])
  })

  test('the sidecar removed by somebody', async () => {
    const { goOn, sidecar } = await backupStandingStill()
    await execa('docker', ['rm', '--force', sidecar])
    const { exitCode, answer } = await goOn()
    expect(exitCode).toBe(1)
    expect(answer.error.code).toBe('DUMP_FAILED')
  })

  test('Ctrl-C: exit code 130, no container and no pipe left', async () => {
    const { running } = await backupStandingStill()
    running.kill('SIGINT')
    running.kill('SIGCONT')
    const { exitCode } = await running
    expect(exitCode).toBe(130)
    expect(await sidecarsOf(running.pid, '--all')).toEqual([])
    expect(await pipesOf(running.pid)).toEqual([])
  })
})

test.each(['kill', 'stop'])('docker %s of the database in the middle of its dump', async (how) => {
  const victim = await startMongoServer()
  let elsewhere: Place | undefined
  try {
    await loadPatients(victim.client, 60_000, 2_000)
    elsewhere = await placeFor(victim)
    const { running, goOn } = await backupStandingStill(elsewhere)
    await execa('docker', [how, victim.container])
    const { exitCode, answer } = await goOn()
    expect(exitCode).toBe(1)
    expect(answer.error.code).toBe('DUMP_FAILED')
    expect(answer.error.message).toContain(`container ${victim.container} is exited`)
    expect(await sidecarsOf(running.pid, '--all')).toEqual([])
  } finally {
    await elsewhere?.remove()
    await victim.remove()
  }
})
