import { describe, expect, test } from 'vitest'
import type { ScheduledRun } from '../../../src/ports/scheduledRuns.js'
import { apply, changesFor } from '../../../src/procedures/schedule/changes.js'
import type { Installation } from '../../../src/procedures/schedule/layout.js'
import { overviewOf } from '../../../src/procedures/schedule/overview.js'
import { piecesOf } from '../../../src/procedures/schedule/pieces.js'
import { fakeClock } from '../../fakes/clock.js'
import { fakeScheduledRuns } from '../../fakes/scheduledRuns.js'
import { fakeSchedulers } from '../../fakes/schedulers.js'
import { everything, installation, stack } from './scene.js'

type Fake = ReturnType<typeof fakeSchedulers>

async function install(how: 'cron' | 'systemd' | undefined, what: Installation, fake: Fake) {
  const pieces = await piecesOf(what, how, fake.schedulers)
  const changes = changesFor(pieces, (timer) => fake.timers.has(timer), stack)
  await apply(changes, what, fake.schedulers)
  return changes
}

const run = (changes: Partial<ScheduledRun> = {}): ScheduledRun => ({
  id: 'backup-1',
  job: 'backup',
  startedAt: '2026-11-21T02:15:00.000Z',
  finishedAt: '2026-11-21T02:16:00.000Z',
  exitCode: 0,
  host: 'db01',
  pid: 4711,
  ...changes,
})

function look(what: Installation, fake: Fake, runs = fakeScheduledRuns().runs) {
  return overviewOf(what, { schedulers: fake.schedulers, runs, clock: fakeClock() })
}

describe('installing', () => {
  test('writes what is wanted once, and takes timers into service', async () => {
    const fake = fakeSchedulers()
    const what = installation({ jobs: everything })
    await install('systemd', what, fake)
    expect([...fake.files.keys()]).toEqual([
      '/etc/systemd/system/ops-hospital-backup.service',
      '/etc/systemd/system/ops-hospital-backup.timer',
      '/etc/systemd/system/ops-hospital-verify.service',
      '/etc/systemd/system/ops-hospital-verify.timer',
    ])
    expect(fake.calls).toEqual([
      'system activate ops-hospital-backup.timer ops-hospital-verify.timer',
    ])
    expect(await install('systemd', what, fake)).toEqual({ changes: [], activate: [] })
    expect(fake.calls).toHaveLength(1)
  })

  test('takes a job away that ops.yaml no longer has', async () => {
    const fake = fakeSchedulers()
    await install('systemd', installation({ jobs: everything }), fake)
    await install('systemd', installation({ jobs: [everything[0]] }), fake)
    expect(fake.files.size).toBe(2)
    expect(fake.calls.slice(1)).toEqual([
      'system deactivate ops-hospital-verify.timer',
      'system reload',
    ])
  })

  test('with the other scheduler takes the first one away: nothing runs twice', async () => {
    const fake = fakeSchedulers()
    await install('systemd', installation(), fake)
    await install('cron', installation(), fake)
    expect([...fake.files.keys()]).toEqual(['/etc/cron.d/ops-hospital'])
    expect(fake.timers.size).toBe(0)
  })

  test('takes a timer into service again that somebody stopped', async () => {
    const fake = fakeSchedulers()
    await install('systemd', installation(), fake)
    fake.timers.clear()
    expect((await look(installation(), fake)).jobs[0]?.state).toBe('inactive')
    const { changes, activate } = await install('systemd', installation(), fake)
    expect(changes).toEqual([])
    expect(activate).toEqual(['ops-hospital-backup.timer'])
  })

  test('below a scratch root writes files and touches nothing else', async () => {
    const fake = fakeSchedulers()
    const what = installation({ root: '/scratch' })
    await install('systemd', what, fake)
    await install('cron', what, fake)
    expect([...fake.files.keys()]).toEqual(['/scratch/etc/cron.d/ops-hospital'])
    expect(fake.calls).toEqual([])
  })

  test('of a user goes into the crontab, and out of it without a trace', async () => {
    const fake = fakeSchedulers()
    fake.box.crontab = '0 1 * * * true\n'
    const what = installation({ scope: 'user', user: 'ada' })
    await install('cron', what, fake)
    expect(fake.box.crontab).toContain('ops schedule: hospital')
    expect((await look(what, fake)).jobs).toMatchObject([
      { state: 'installed', paths: ['crontab of ada'] },
    ])
    await install(undefined, what, fake)
    expect(fake.box.crontab).toBe('0 1 * * * true\n')
    expect(fake.files.size).toBe(0)
  })

  test('leaves alone what somebody edited, and what is not ours', async () => {
    const fake = fakeSchedulers()
    await install('cron', installation(), fake)
    const path = '/etc/cron.d/ops-hospital'
    const edited = `${fake.files.get(path) ?? ''}0 3 * * * root true\n`
    fake.files.set(path, edited)
    for (const how of ['cron', 'systemd', undefined] as const) {
      await expect(install(how, installation(), fake)).rejects.toMatchObject({
        code: 'SCHEDULE_EDITED',
        exitCode: 6,
        message: expect.stringContaining(`${path} was edited after ops wrote it`) as string,
        next: [`mv ${path} ${path}.kept-aside`],
      })
    }
    fake.files.set(path, 'somebody else wrote this\n')
    await expect(install('cron', installation(), fake)).rejects.toThrow(/not written for the stack/)
    expect((await install(undefined, installation(), fake)).changes).toEqual([])
    expect(fake.files.get(path)).toBe('somebody else wrote this\n')
    fake.box.crontab =
      `${(await piecesOf(installation({ scope: 'user' }), 'cron', fake.schedulers))[0]?.wanted ?? ''}\n`
        .replace('02', '2')
        .replace('15 2', '16 2')
    await expect(install('cron', installation({ scope: 'user' }), fake)).rejects.toMatchObject({
      next: [expect.stringMatching(/^crontab -e/)],
    })
  })
})

describe('the overview', () => {
  test('tells when a job runs next and ran last, and what is installed', async () => {
    const fake = fakeSchedulers()
    const { runs } = fakeScheduledRuns([13])
    await runs.save(run())
    await runs.save(run({ id: 'backup-2', startedAt: '2026-11-21T03:00:00.000Z', exitCode: 13 }))
    await install('cron', installation(), fake)
    const overview = await look(installation(), fake, runs)
    expect(overview).toMatchObject({ scheduler: 'cron', doubled: [] })
    expect(overview.jobs).toMatchObject([
      {
        job: 'backup',
        command: 'ops backup',
        state: 'installed',
        paths: ['/etc/cron.d/ops-hospital'],
        installedAt: '2026-11-20T12:00:00.000Z',
        last: { id: 'backup-2', outcome: 'failed' },
        lastDone: { id: 'backup-1', outcome: 'done' },
      },
    ])
    expect(overview.jobs[0]?.next).toHaveLength(3)
  })

  test('knows a run that was killed from one that runs', async () => {
    const { runs } = fakeScheduledRuns([13])
    const open = { id: 'b', job: 'backup', startedAt: '2026-11-21T02:15:00.000Z', host: 'db01' }
    await runs.save({ ...open, pid: 13 })
    expect((await look(installation(), fakeSchedulers(), runs)).jobs[0]?.last?.outcome).toBe(
      'cut off',
    )
    await runs.save({ ...open, pid: 14 })
    expect((await look(installation(), fakeSchedulers(), runs)).jobs[0]?.last?.outcome).toBe(
      'running',
    )
  })

  test('shows what is not installed, outdated, edited, left over, and there twice', async () => {
    const fake = fakeSchedulers()
    expect(await look(installation(), fake)).toMatchObject({
      scheduler: null,
      jobs: [{ state: 'absent', paths: [] }],
    })
    await install('systemd', installation({ jobs: everything }), fake)
    const later = { ...everything[0], cron: '0 5 * * *' }
    expect((await look(installation({ jobs: [later] }), fake)).jobs).toMatchObject([
      { job: 'backup', state: 'outdated' },
      { job: 'verify', state: 'outdated', next: [] },
    ])
    const timer = '/etc/systemd/system/ops-hospital-backup.timer'
    fake.files.set(timer, `${fake.files.get(timer) ?? ''}#\n`)
    const [cron] = await piecesOf(installation(), 'cron', fake.schedulers)
    fake.files.set('/etc/cron.d/ops-hospital', cron?.wanted ?? '')
    fake.files.delete('/etc/systemd/system/ops-hospital-verify.timer')
    const mixed = await look(installation({ jobs: everything }), fake)
    expect(mixed.scheduler).toBe('cron')
    expect(mixed.doubled).toContain(timer)
  })

  test('does not mind that whoever looks has another search path', async () => {
    const elsewhere = { environment: { PATH: '/opt/mine', HOME: '/root' } }
    for (const [how, scope] of [
      ['cron', 'system'],
      ['cron', 'user'],
      ['systemd', 'system'],
    ] as const) {
      const fake = fakeSchedulers()
      await install(how, installation({ scope }), fake)
      const [job] = (await look(installation({ scope, ...elsewhere }), fake)).jobs
      expect(job?.state).toBe('installed')
    }
  })
})
