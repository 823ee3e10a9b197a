import { mkdtemp, readdir, rm, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fileScheduledRuns } from '../../../src/adapters/schedule/scheduledRuns.js'
import type { ScheduledRun, ScheduledRuns } from '../../../src/ports/scheduledRuns.js'
import { fakeScheduledRuns } from '../../fakes/scheduledRuns.js'

let folder = ''
const stack = { name: 'hospital', file: '/srv/hospital/ops.yaml' }
/** No process has this number: it is above what Linux gives. */
const nobody = 2 ** 22 + 1

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-runs-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const run = (minute: number, changes: Partial<ScheduledRun> = {}): ScheduledRun => ({
  id: `backup-${minute.toString()}`,
  job: 'backup',
  startedAt: new Date(Date.UTC(2026, 10, 21, 2, minute)).toISOString(),
  host: 'db01',
  pid: process.pid,
  ...changes,
})

describe.each<[string, () => ScheduledRuns]>([
  ['in memory', () => fakeScheduledRuns([nobody]).runs],
  ['in files', () => fileScheduledRuns(folder, stack, { name: 'db01' })],
])('scheduled runs %s', (_name, make) => {
  test('are read back newest first, each job by itself', async () => {
    const runs = make()
    await runs.save(run(1))
    await runs.save(run(3))
    await runs.save(run(2))
    await runs.save(run(4, { job: 'verify' }))
    expect((await runs.list('backup')).map(({ id }) => id)).toEqual([
      'backup-3',
      'backup-2',
      'backup-1',
    ])
    expect(await runs.list('verify')).toEqual([run(4, { job: 'verify' })])
    expect(await runs.list('other')).toEqual([])
  })

  test('are told what became of them', async () => {
    const runs = make()
    await runs.save(run(1))
    const ended = run(1, { finishedAt: '2026-11-21T02:02:00.000Z', exitCode: 0, tries: 1 })
    await runs.save(ended)
    expect(await runs.list('backup')).toEqual([ended])
  })

  test('are kept as long as there are not too many', async () => {
    const runs = make()
    for (let minute = 0; minute < 35; minute++) await runs.save(run(minute))
    const kept = await runs.list('backup')
    expect(kept).toHaveLength(30)
    expect(kept.at(-1)?.id).toBe('backup-5')
  })

  test('were cut off where their process is gone without a word', async () => {
    const runs = make()
    const cut = run(1, { pid: nobody })
    await runs.save(cut)
    await runs.save(run(2))
    expect(await runs.cutOff(cut)).toBe(true)
    expect(await runs.cutOff(run(2))).toBe(false)
    expect(await runs.cutOff({ ...cut, finishedAt: cut.startedAt })).toBe(false)
  })
})

describe('scheduled runs in files', () => {
  test('of two stacks with one name are two records', async () => {
    const one = fileScheduledRuns(folder, stack, { name: 'db01' })
    const other = fileScheduledRuns(folder, { ...stack, file: '/srv/b/ops.yaml' }, { name: 'db01' })
    await one.save(run(1))
    expect(await other.list('backup')).toEqual([])
  })

  test('of another machine are never called cut off', async () => {
    const runs = fileScheduledRuns(folder, stack, { name: 'db02' })
    expect(await runs.cutOff(run(1, { pid: nobody }))).toBe(false)
  })

  test('that cannot be read count as none, and are written anew', async () => {
    const runs = fileScheduledRuns(folder, stack, { name: 'db01' })
    await runs.save(run(1))
    const [name = ''] = await readdir(join(folder, 'schedule'))
    for (const text of ['{', '{}', '[1, {"id": 2}]']) {
      await writeFile(join(folder, 'schedule', name), text)
      expect(await runs.list('backup')).toEqual([])
    }
    await runs.save(run(2))
    expect(await runs.list('backup')).toHaveLength(1)
  })

  test('that cannot be written say so', async () => {
    await mkdir(join(folder, 'file'))
    await writeFile(join(folder, 'file', 'schedule'), '')
    const runs = fileScheduledRuns(join(folder, 'file'), stack, { name: 'db01' })
    await expect(runs.save(run(1))).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' })
  })
})
