import { expect, test } from 'vitest'
import { scheduleChangedScreen, scheduleScreen } from '../../../src/report/schedule.js'
import type { ShownJob } from '../../../src/procedures/schedule/overview.js'

const canvas = {
  color: false,
  terminal: true,
  columns: 80,
  now: new Date('2026-11-21T13:02:00.000Z'),
  timeZone: 'UTC',
}
const job: ShownJob = {
  job: 'backup',
  command: 'ops backup',
  cron: '15 2 * * *',
  randomDelaySeconds: 300,
  state: 'installed',
  paths: ['/etc/cron.d/ops-hospital'],
  next: ['2026-11-22T02:15:00.000Z'],
  last: {
    id: 'backup-1',
    job: 'backup',
    startedAt: '2026-11-21T02:15:00.000Z',
    finishedAt: '2026-11-21T02:16:30.000Z',
    exitCode: 13,
    failure: { code: 'MONGO_UNREACHABLE', message: 'no answer' },
    tries: 3,
    deadman: 'untold',
    host: 'db01',
    pid: 1,
    outcome: 'failed',
  },
}
const schedule = {
  file: '/srv/ops.yaml',
  timeZone: 'Europe/Paris',
  deadman: true,
  scheduler: 'cron',
  jobs: [job],
  doubled: [],
}

test('a schedule is shown with its times in words, its next runs and its last one', () => {
  expect(scheduleScreen(schedule, canvas)).toMatchInlineSnapshot(`
    "backup  installed (cron)
    When       At 02:15, every day, up to 5 min 00 s later
    Cron       15 2 * * *
    Runs       ops backup
    Next       in 13 hr (2026-11-22 02:15 UTC)
    Last       failed 11 hr ago (2026-11-21 02:15 UTC), in 1 min 30 s, after 3 tries, exit code 13, MONGO_UNREACHABLE: no answer, the dead man's switch was not reached
    Installed  /etc/cron.d/ops-hospital

    Time zone          Europe/Paris
    Dead man's switch  told of every backup"
  `)
})

test('what is wrong with it is said beside its name', () => {
  const said = (state: ShownJob['state']) =>
    scheduleScreen({ ...schedule, jobs: [{ ...job, state }] }, canvas).split('\n')[0]
  expect(said('absent')).toBe('backup  not installed: ops schedule install')
  expect(said('inactive')).toContain('not in service')
  expect(said('outdated')).toContain('not as ops.yaml has it')
  expect(said('edited')).toContain('edited since')
  expect(scheduleScreen({ ...schedule, doubled: ['/etc/x'] }, canvas)).toContain(
    'Runs twice: also installed in /etc/x',
  )
  expect(scheduleScreen({ ...schedule, jobs: [] }, canvas)).toBe('/srv/ops.yaml schedules nothing.')
  const { job: name, command, paths } = job
  const left: ShownJob = { job: name, command, state: 'outdated', paths, next: [] }
  const text = scheduleScreen({ ...schedule, jobs: [left], deadman: false }, canvas)
  expect(text).toContain('no longer in ops.yaml')
  expect(text).toContain('no scheduled run is recorded')
})

test('what was changed is told, and a dry run is marked on every line', () => {
  const result = {
    dryRun: false,
    command: 'schedule install',
    stack: 'hospital',
    changes: [
      { action: 'write', path: '/etc/a', text: 'one\u001b[2J\ntwo\n' },
      { action: 'remove', path: '/etc/b' },
    ],
    activated: ['a.timer'],
    next: ['ops schedule show', 'ops doctor'],
  } as const
  expect(scheduleChangedScreen(result, canvas).split('\n')).toEqual([
    '✔ /etc/a written',
    '✔ /etc/b removed',
    '✔ a.timer is in service',
    '  Next  ops schedule show',
    '        ops doctor',
  ])
  expect(scheduleChangedScreen({ ...result, dryRun: true }, canvas).split('\n')).toEqual([
    'DRY RUN  write /etc/a',
    'DRY RUN    one\\u001b[2J',
    'DRY RUN    two',
    'DRY RUN  remove /etc/b',
    'DRY RUN  activate a.timer',
  ])
  const nothing = { ...result, changes: [], activated: [] }
  expect(scheduleChangedScreen(nothing, canvas)).toBe('Everything is installed as hospital has it.')
  expect(scheduleChangedScreen({ ...nothing, command: 'schedule remove' }, canvas)).toBe(
    'Nothing is installed for hospital.',
  )
})
