import {
  appendFile,
  chmod,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { machineClock } from '../../../src/adapters/host/clock.js'
import { machineHost } from '../../../src/adapters/host/host.js'
import { fileHealthHistory } from '../../../src/adapters/state/healthHistory.js'
import type { HealthHistory } from '../../../src/ports/healthHistory.js'
import { FakeHealthHistory } from '../../fakes/vitals.js'

const { signal } = new AbortController()
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-health-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const inFiles = (file = '/srv/ops.yaml') =>
  fileHealthHistory(folder, { name: 'hospital', file }, machineClock, machineHost('0.1.0'))

const run = (minute: number, severity: 'ok' | 'fail' = 'ok') => ({
  at: new Date(Date.parse('2026-11-21T08:00:00.000Z') + minute * 60_000).toISOString(),
  checks: { engine: severity },
  freeBytes: 1e9 - minute,
})

async function fileOf(): Promise<string> {
  const [name = ''] = (await readdir(join(folder, 'health'))).filter((one) =>
    one.endsWith('.ndjson'),
  )
  return join(folder, 'health', name)
}

describe.each<[string, () => HealthHistory]>([
  ['in memory', () => new FakeHealthHistory()],
  ['in files', () => inFiles()],
])('a history %s', (_name, make) => {
  test('is empty first, and gives back what was written down', async () => {
    const history = make()
    expect(await history.read()).toEqual({ stretches: [], damaged: 0 })
    await history.record(run(0), signal)
    await history.record(run(1), signal)
    await history.record(run(2, 'fail'), signal)
    const { stretches } = await history.read()
    expect(stretches).toMatchObject([
      { runs: 2, from: run(0).at, to: run(1).at, free: { first: 1e9, last: 1e9 - 1 } },
      { runs: 1, checks: { engine: 'fail' } },
    ])
  })
})

test('runs that end at the same moment lose none of each other', async () => {
  const all = Array.from({ length: 8 }, (_, minute) => minute)
  await Promise.all(all.map((minute) => inFiles().record(run(minute * 20), signal)))
  const { stretches } = await inFiles().read()
  expect(stretches.reduce((sum, one) => sum + one.runs, 0)).toBe(8)
}, 20_000)

test('whoever waits for another run ends when nobody waits for it', async () => {
  const history = inFiles()
  await history.record(run(0), signal)
  const other = inFiles()
  const stop = new AbortController()
  stop.abort(new Error('enough'))
  await expect(other.record(run(1), stop.signal)).rejects.toThrow('enough')
  await history.record(run(2), signal)
})

test('damaged lines are passed over, counted, and gone with the next run', async () => {
  const history = inFiles()
  await history.record(run(0), signal)
  await appendFile(await fileOf(), '{"from":"2026\n{"from":1,"to":2,"runs":1,"checks":{}}\n\n')
  expect(await history.read()).toMatchObject({ damaged: 2, stretches: [{ runs: 1 }] })
  await history.record(run(1), signal)
  expect(await history.read()).toMatchObject({ damaged: 0, stretches: [{ runs: 2 }] })
})

test('the file is the owner’s alone, and bounded', async () => {
  const history = inFiles()
  await history.record(run(0), signal)
  const path = await fileOf()
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  const line = JSON.stringify({
    from: run(0).at,
    to: run(0).at,
    runs: 1,
    checks: { ['x'.repeat(5_000)]: 'ok' },
  })
  await writeFile(path, `${line}\n`.repeat(400))
  await history.record(run(30), signal)
  expect((await readFile(path)).length).toBeLessThanOrEqual(1_000_000)
  expect((await history.read()).stretches.at(-1)?.from).toBe(run(30).at)
})

test('two stacks of one name do not share a history', async () => {
  await inFiles('/srv/a/ops.yaml').record(run(0), signal)
  expect(await inFiles('/srv/b/ops.yaml').read()).toEqual({ stretches: [], damaged: 0 })
})

test('a folder that cannot be written is told of as such', async () => {
  await writeFile(join(folder, 'health'), 'in the way')
  await expect(inFiles().record(run(0), signal)).rejects.toMatchObject({
    code: 'STATE_UNWRITABLE',
  })
  await chmod(folder, 0o700)
})
