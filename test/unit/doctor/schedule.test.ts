import { describe, expect, test } from 'vitest'
import { diagnose } from '../../../src/checks/doctor/doctor.js'
import type { ScheduledJobSeen } from '../../../src/checks/doctor/evidence.js'
import { judgeSchedule } from '../../../src/checks/doctor/schedule.js'
import { scene } from './patient.js'
import { now, saw, silence } from './scene.js'

const day = 26 * 3600
const lastNight = { startedAt: '2026-11-21T02:15:00.000Z', outcome: 'done' } as const

/** A backup that ran last night, as it should. */
const nightly: ScheduledJobSeen = {
  job: 'backup',
  state: 'installed',
  installedAt: '2026-11-01T12:00:00.000Z',
  due: '2026-11-21T02:15:00.000Z',
  next: ['2026-11-22T02:15:00.000Z'],
  last: lastNight,
  lastDone: lastNight,
}

const judged = (job: ScheduledJobSeen, doubled: readonly string[] = []) =>
  judgeSchedule(saw({ jobs: [job], doubled, scheduler: 'systemd' }), day, now).map(
    ({ id, severity, says, next }) => ({
      id,
      severity,
      says,
      next,
    }),
  )

/** The same without what is named. */
function without(...names: readonly (keyof ScheduledJobSeen)[]): ScheduledJobSeen {
  return Object.fromEntries(
    Object.entries(nightly).filter(([name]) => !names.some((one) => one === name)),
  ) as unknown as ScheduledJobSeen
}

describe('a scheduled job', () => {
  test('that is installed and ran when it was due is fine', () => {
    expect(judged(nightly).map(({ id, severity }) => [id, severity])).toEqual([
      ['schedule.backup', 'ok'],
      ['schedule.backup.run', 'ok'],
    ])
  })

  test.each([
    ['absent', 'fail', 'nothing runs it'],
    ['inactive', 'fail', 'not in service'],
    ['outdated', 'warn', 'not scheduled as ops.yaml has it'],
    ['edited', 'warn', 'edited by hand'],
  ] as const)('that is %s is a finding', (state, severity, says) => {
    const [first, ...rest] = judged({ ...nightly, state })
    expect(first).toMatchObject({ severity, says: expect.stringContaining(says) as string })
    expect(rest).toHaveLength(state === 'absent' ? 0 : 1)
  })

  test('that runs twice is a finding', () => {
    expect(judged(nightly, ['/etc/cron.d/ops-x']).at(-1)).toMatchObject({
      id: 'schedule.doubled',
      severity: 'warn',
    })
  })
})

describe('the runs of a scheduled job', () => {
  const run = (job: ScheduledJobSeen) => judged(job)[1]

  test('fail when the last good one is older than what was promised', () => {
    const old = { startedAt: '2026-11-20T02:15:00.000Z', outcome: 'done' } as const
    const failed = { ...lastNight, outcome: 'failed' } as const
    expect(run({ ...nightly, last: failed, lastDone: old })).toMatchObject({
      severity: 'fail',
      says: 'the last scheduled backup that succeeded was 35 h ago',
    })
    expect(run({ ...nightly, job: 'verify', last: failed, lastDone: old })?.severity).toBe('warn')
  })

  test('are doubtful when the last one failed or was cut off', () => {
    const failure = { code: 'MONGO_UNREACHABLE', message: 'no answer' }
    expect(run({ ...nightly, last: { ...lastNight, outcome: 'failed', failure } })).toMatchObject({
      severity: 'warn',
      next: ['ops schedule show', 'ops backup'],
    })
    const cut = {
      ...without('lastDone'),
      job: 'verify',
      last: { ...lastNight, outcome: 'cut off' },
    } as const
    expect(run(cut)).toMatchObject({
      severity: 'warn',
      says: 'the last scheduled verify was cut off, 11 h ago',
    })
  })

  test('are doubtful when one was due and did not start', () => {
    const before = { startedAt: '2026-11-20T14:00:00.000Z', outcome: 'done' } as const
    expect(run({ ...nightly, last: before, lastDone: before })).toMatchObject({
      severity: 'warn',
      says: 'backup was due 11 h ago and did not run',
    })
    expect(run(without('last', 'lastDone'))?.severity).toBe('warn')
  })

  test('may still start within the delay, and an hour', () => {
    const before = { startedAt: '2026-11-20T14:00:00.000Z', outcome: 'done' } as const
    const due = '2026-11-21T11:30:00.000Z'
    const late = { ...nightly, last: before, lastDone: before, due }
    expect(run(late)?.severity).toBe('warn')
    expect(run({ ...late, randomDelaySeconds: 3600 })?.severity).toBe('ok')
  })

  test('are not missed where it was installed only after that', () => {
    const today = { ...without('last', 'lastDone'), installedAt: '2026-11-21T12:00:00.000Z' }
    expect(run(today)).toMatchObject({ severity: 'ok', says: 'backup was not due yet' })
  })

  test('are unknown where nobody can tell since when it is installed', () => {
    expect(run(without('last', 'lastDone', 'installedAt'))?.severity).toBe('unknown')
  })
})

test('a schedule that cannot be looked at is unknown', () => {
  expect(judgeSchedule(silence, day, now)).toMatchObject([{ id: 'schedule', severity: 'unknown' }])
})

test('the doctor looks at the schedule, and holds it against the promised age', async () => {
  const { patientWith } = scene()
  const patient = patientWith()
  const old = { startedAt: '2026-11-19T02:15:00.000Z', outcome: 'done' } as const
  const schedule = () =>
    Promise.resolve({
      jobs: [{ ...nightly, last: old, lastDone: old }],
      doubled: [],
      scheduler: 'systemd' as const,
    })
  const configuration = async () => ({ ...(await patient.configuration()), schedule })
  const { checks } = await diagnose({ ...patient, configuration }, new AbortController().signal)
  expect(checks.filter(({ id }) => id.startsWith('schedule'))).toMatchObject([
    { id: 'schedule.backup', severity: 'ok', about: 'configuration' },
    { id: 'schedule.backup.run', severity: 'fail' },
  ])
})
