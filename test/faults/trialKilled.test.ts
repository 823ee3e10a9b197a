import { execa } from 'execa'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ops, placeFor, startOps, type Place } from '../support/cli.js'
import { answerOf } from '../support/envelope.js'
import { loadPatients, startMongoServer, type MongoServer } from '../support/mongoServer.js'
import { until } from '../support/waiting.js'

let server: MongoServer
let place: Place

beforeAll(async () => {
  server = await startMongoServer()
  await loadPatients(server.client, 40_000, 2_000)
})
afterAll(() => server.remove())
beforeEach(async () => {
  place = await placeFor(server)
  answerOf(await ops(place, ['backup', '--json']))
})
afterEach(async () => {
  for (const running of started.splice(0)) running.kill('SIGKILL')
  await place.remove()
})

const started: ReturnType<typeof startOps>[] = []

/** Name and state of the scratch server that a process of ops started; nothing where there is none. */
async function scratchOf(pid: number | undefined) {
  const { stdout } = await execa('docker', [
    'ps',
    '--all',
    ...['--filter', 'label=ops.purpose=scratch'],
    ...['--filter', `label=ops.owner.pid=${String(pid)}`],
    ...['--format', '{{.Names}} {{.State}}'],
  ])
  const [name = '', state = ''] = stdout.trim().split(' ')
  return { name, state }
}

/** A trial in the middle of its restore: mongorestore runs. */
async function halfWay() {
  const running = startOps(place, ['backup', 'test-restore', '--json'])
  started.push(running)
  const restoring = async () => {
    const { name, state } = await scratchOf(running.pid)
    if (state !== 'running') return false
    const { stdout } = await execa('docker', ['top', name, '-eo', 'pid,comm'], { reject: false })
    return stdout.includes('mongorestore')
  }
  expect(await until(restoring, 60_000)).toBe(true)
  return { running, ...(await scratchOf(running.pid)) }
}

describe('a trial restore that is killed', () => {
  test('leaves a container without a server and without data; the next run removes it and says so', async () => {
    const { running, name } = await halfWay()
    running.kill('SIGKILL')
    await running
    expect(await until(async () => (await scratchOf(running.pid)).state === 'exited', 20_000)).toBe(
      true,
    )
    const { stdout: changed } = await execa('docker', ['diff', name])
    expect(changed).not.toContain('ops-trial')

    const answer = answerOf<{ trust: string }>(
      await ops(place, ['backup', 'test-restore', '--json']),
    )
    expect(answer.result.trust).toBe('restore-tested')
    expect(answer.warnings.join()).toContain(`removed container ${name}`)
    expect(await scratchOf(running.pid)).toEqual({ name: '', state: '' })
  })
})

test('a trial restore that is interrupted ends as one, and its container is gone', async () => {
  const { running } = await halfWay()
  running.kill('SIGINT')
  const { exitCode, stdout } = await running
  expect(exitCode, stdout).toBe(130)
  expect(await scratchOf(running.pid)).toEqual({ name: '', state: '' })
  const list = answerOf<{ backups: readonly { trust: string }[] }>(
    await ops(place, ['backup', 'list', '--json']),
  )
  expect(list.result.backups.map(({ trust }) => trust)).toEqual(['sound'])
})
