import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { machineHost } from '../../../src/adapters/host/host.js'
import { rotatedLines } from '../../../src/adapters/lines/rotatedLines.js'
import { fileSamples } from '../../../src/adapters/samples/samples.js'
import type { Samples } from '../../../src/ports/samples.js'
import { fakeClock } from '../../fakes/clock.js'
import { fakeSamples } from '../../fakes/samples.js'

let folder = ''
const clock = fakeClock('2026-11-21T13:00:00.000Z')

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-samples-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const bounds = { fileBytes: 1_000_000, older: 1 }
const inFiles = () =>
  fileSamples(folder, clock, (below, name) =>
    rotatedLines(below, name, bounds, { clock, host: machineHost('0.1.0') }),
  )
const room = (at: string, freeBytes: number) => ({ at, path: '/shelf', freeBytes })

describe.each<[string, () => Samples]>([
  ['in memory', () => fakeSamples(clock)],
  ['in files', inFiles],
])('samples %s', (_name, make) => {
  test('are none before the first, and come back by their time', async () => {
    const { room: file } = make()
    expect(await file.kept()).toEqual({ samples: [], damaged: 0 })
    const [late, early] = [room('2026-11-21T12:00:00Z', 1), room('2026-11-21T11:00:00Z', 2)]
    await file.keep([late])
    await file.keep([early])
    await file.keep([])
    expect(await file.kept()).toEqual({ samples: [early, late], damaged: 0 })
  })

  test('that are older than a month are forgotten', async () => {
    const { room: file } = make()
    await file.keep([room('2026-10-20T00:00:00Z', 1), room('2026-11-20T00:00:00Z', 2)])
    expect((await file.kept()).samples).toMatchObject([{ freeBytes: 2 }])
  })

  test('from the future are those of a clock that was wrong', async () => {
    const { room: file } = make()
    await file.keep([room('2026-11-20T00:00:00Z', 1), room('2036-11-20T00:00:00Z', 2)])
    expect((await file.kept()).samples).toMatchObject([{ freeBytes: 1 }])
  })

  test('of different kinds do not meet', async () => {
    const { room: file, runs } = make()
    await file.keep([room('2026-11-20T00:00:00Z', 2)])
    expect((await runs.kept()).samples).toEqual([])
  })
})

test('damaged lines are passed over, and counted', async () => {
  const good = room('2026-11-21T12:00:00Z', 1)
  await inFiles().room.keep([good])
  const path = join(folder, 'samples/room.ndjson')
  const damaged = ['{"at": "2026-', '[]', '{"at":"never","path":"/","freeBytes":1}', 'x'].join('\n')
  await writeFile(path, `${damaged}\n${await readFile(path, 'utf8')}`)
  expect(await inFiles().room.kept()).toEqual({ samples: [good], damaged: 4 })
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('a state folder that cannot be used is an environment that is not as it should be', async () => {
  await writeFile(join(folder, 'samples'), 'a file')
  await expect(inFiles().room.keep([room('2026-11-21T12:00:00Z', 1)])).rejects.toMatchObject({
    code: 'STATE_UNWRITABLE',
  })
})
