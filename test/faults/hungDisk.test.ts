import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { jsonErrorOf } from '../support/failing.js'
import { ops, placeFor, startOps, type Place } from '../support/cli.js'
import { fillShelf } from '../support/filledShelf.js'
import { pointsOf } from '../support/faultPoints.js'
import { until } from '../support/waiting.js'

let place: Place
let ids: readonly string[]

/** What is asked of no server: there is none. */
beforeEach(async () => {
  place = await placeFor({ container: 'none', username: 'ops', password: 'x' })
  ids = await fillShelf(place.shelf, 4)
})
afterEach(async () => {
  await place.remove()
})

const removal = () => ['backup', 'delete', ids[3] ?? '', '--confirm', 'medical', '--json']

/** The record of the run, as it was left. */
async function receipts(): Promise<readonly string[]> {
  const names = await readdir(join(place.state, 'receipts')).catch((): string[] => [])
  return names.filter((name) => name.endsWith('.json'))
}

describe('a disk that never answers', () => {
  test('in the middle of a step ends with 124 within a minute of --timeout; the next run works', async () => {
    const began = performance.now()
    // The first rename is that of the record, the second that of the list of what goes to the trash: this is a manifest's.
    const ended = await ops(place, [...removal(), '--timeout', '15s'], {
      env: { OPS_FAILPOINT: 'rename#3:hang' },
    })
    const error = jsonErrorOf(ended, { exitCode: 124, code: 'TIMED_OUT' })
    expect(error.message).toContain('did not end within 30 s and was left to itself')
    expect(error.facts).toMatchObject({ underWay: expect.any(String) as string })
    expect(performance.now() - began).toBeLessThan(60_000)
    expect(await receipts()).toHaveLength(1)

    const again = await ops(place, removal())
    expect(again.exitCode, again.stdout).toBe(0)
    expect(again.stdout).toContain('took over the lock of medical')
  }, 90_000)

  test('under a lock ends with 130 after Ctrl-C, before anything was begun', async () => {
    const trace = join(place.folder, 'trace')
    const running = startOps(place, removal(), {
      env: { OPS_FAILPOINT: 'link#1:hang', OPS_FAILPOINT_TRACE: trace },
    })
    await until(
      async () => (await readFile(trace, 'utf8').catch(() => '')).includes('link#1'),
      30_000,
    )
    running.kill('SIGINT')
    const { exitCode = -1, stdout, stderr } = await running
    jsonErrorOf({ exitCode, stdout, stderr }, { exitCode: 130, code: 'INTERRUPTED' })
    expect(await receipts()).toEqual([])
  }, 90_000)

  test('passes points enough for these', async () => {
    const points = await pointsOf(place, removal())
    expect(points).toEqual(expect.arrayContaining(['link#1', 'rename#3']))
  })

  /** A pipe that nobody writes into holds a thread of the process as a disk does whose server is gone. */
  test.each([
    [['backup', 'list']],
    [['backup', 'verify', '--all']],
    [['backup', 'test-restore']],
    [['restore', 'latest', '--confirm', 'medical']],
  ])(
    'with a thread of the process ends it too, where node alone would wait for ever: %j',
    async (argv) => {
      await execa('mkfifo', [join(place.shelf, 'medical-20200101T000000Z.json')])
      const began = performance.now()
      const running = startOps(place, [...argv, '--json', '--timeout', '2s'])
      const { exitCode, signal, stdout } = await running
      expect(performance.now() - began).toBeLessThan(20_000)
      expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'TIMED_OUT', exitCode: 124 } })
      expect('execve' in process ? exitCode : signal).toBe('execve' in process ? 124 : 'SIGKILL')
    },
    60_000,
  )
})
