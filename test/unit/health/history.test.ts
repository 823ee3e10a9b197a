import { describe, expect, test } from 'vitest'
import { damped, flapping } from '../../../src/checks/health/flapping.js'
import { bytesPerDay } from '../../../src/checks/health/room.js'
import { uptimeOf } from '../../../src/checks/health/uptime.js'
import type { Severity } from '../../../src/domain/finding.js'
import { withRun, type HealthStretch } from '../../../src/domain/health.js'
import { blindly, saw } from '../status/scene.js'
import { aHospital, judgedOf } from './scene.js'

const start = Date.parse('2026-11-21T08:00:00.000Z')
const minute = (count: number) => new Date(start + count * 60_000).toISOString()

/** Runs a minute apart. */
function ran(...severities: readonly Severity[]): HealthStretch[] {
  return severities.reduce<HealthStretch[]>(
    (history, severity, index) =>
      withRun(history, { at: minute(index), checks: { ping: severity } }),
    [],
  )
}

const finding = (severity: Severity) => ({
  id: 'ping',
  severity,
  says: 'it answers',
  because: '',
  next: [],
})

describe('a history', () => {
  test('grows by what changes, and not by runs', () => {
    const history = ran(...Array.from({ length: 300 }, () => 'ok' as const))
    expect(history).toHaveLength(1)
    expect(history[0]).toMatchObject({ from: minute(0), to: minute(299), runs: 300 })
    expect(ran('ok', 'fail', 'fail', 'ok')).toHaveLength(3)
  })

  test('begins a stretch anew where nobody looked for long, and where checks were added', () => {
    const checks = { ping: 'ok' as const }
    const history = withRun(ran('ok'), { at: minute(60), checks })
    expect(history).toHaveLength(2)
    expect(withRun(history, { at: minute(61), checks: { ...checks, write: 'ok' } })).toHaveLength(3)
  })

  test('is bounded by age and by number', () => {
    const old = ran('ok', 'fail')
    expect(withRun(old, { at: '2027-11-21T08:00:00.000Z', checks: {} })).toHaveLength(1)
    let history: HealthStretch[] = []
    for (let run = 0; run < 2_100; run++)
      history = withRun(history, {
        at: minute(run),
        checks: { ping: run % 2 === 0 ? 'ok' : 'fail' },
      })
    expect(history).toHaveLength(2_000)
  })

  test('that cannot be read or written is a finding of its own, and never good', () => {
    expect(judgedOf({ history: blindly })['history']?.severity).toBe('unknown')
    const recorded = {
      state: 'refused' as const,
      code: 'STATE_UNWRITABLE',
      message: 'no',
      next: [],
    }
    expect(judgedOf({ recorded })['history']?.severity).toBe('warn')
    const damaged = saw({ stretches: [], damaged: 2 })
    expect(judgedOf({ history: damaged })['history']).toMatchObject({
      severity: 'warn',
      value: { damaged: 2 },
    })
  })
})

describe('what goes back and forth', () => {
  const now = minute(9)

  test('is as bad as the worst of its last runs, says so, and is not ok before it is stable', () => {
    const found = damped(finding('ok'), ran('ok', 'fail', 'ok', 'fail'), now)
    expect(found).toMatchObject({
      severity: 'fail',
      flapping: { now: 'ok', changes: 4, runs: 5 },
    })
    expect(found.because).toContain('4 times')
    const calm = ran('ok', 'fail', 'ok', 'fail', 'ok', 'ok', 'ok', 'ok')
    expect(damped(finding('ok'), calm, now)).toEqual(finding('ok'))
  })

  test('is not what changed once or twice, or failed and stayed so', () => {
    expect(damped(finding('ok'), ran('ok', 'fail'), now).severity).toBe('ok')
    expect(damped(finding('fail'), ran('ok', 'ok', 'fail'), now).flapping).toBeUndefined()
  })

  test('is forgotten by runs and by time', () => {
    const long = [...ran('ok', 'fail', 'ok', 'fail'), ...ran('ok', 'ok')]
    const later = new Date(start + 12 * 3_600_000).toISOString()
    expect(damped(finding('ok'), long, later).severity).toBe('ok')
    expect(flapping.runs).toBeLessThanOrEqual(20)
  })

  test('is judged by what each run found by itself: damping does not feed on itself', () => {
    const stretches = ran('ok', 'fail', 'ok', 'fail').map((one) => ({
      ...one,
      checks: { engine: one.checks['ping'] ?? 'ok' },
    }))
    const judged = judgedOf({
      at: minute(9),
      history: saw({ stretches, damaged: 0 }),
    })
    expect(judged['engine']).toMatchObject({ severity: 'fail', flapping: { now: 'ok' } })
    expect(judged['history']?.severity).toBe('ok')
  })
})

describe('figures of a time', () => {
  test('tell the part that a check did not fail, by time, and leave out what nobody watched', () => {
    const report = uptimeOf(ran('ok', 'ok', 'fail', 'ok', 'ok'), minute(0), minute(10))
    expect(report.checks).toEqual([
      {
        id: 'ping',
        up: 0.75,
        failingSeconds: 60,
        watchedSeconds: 240,
        runs: 5,
        changes: 2,
        lastOk: minute(4),
      },
    ])
    expect(report.watched).toBeCloseTo(0.4)
  })

  test('do not call up what could not be looked at', () => {
    const [ping] = uptimeOf(
      ran('ok', 'unknown', 'unknown', 'ok', 'ok'),
      minute(0),
      minute(10),
    ).checks
    expect(ping).toMatchObject({ up: 0.5, failingSeconds: 0, watchedSeconds: 240 })
  })

  test('know nothing of a check that was looked at once', () => {
    expect(uptimeOf(ran('fail'), minute(0), minute(10)).checks).toMatchObject([
      { up: null, lastOk: null },
    ])
    expect(uptimeOf([], minute(0), minute(10)).checks).toEqual([])
  })
})

describe('the forecast of a shelf', () => {
  const day = 86_400_000
  const now = '2026-11-21T14:00:00.000Z'
  const stretch = (daysAgo: number, free: number): HealthStretch => {
    const at = new Date(Date.parse(now) - daysAgo * day).toISOString()
    return { from: at, to: at, runs: 1, checks: {}, free: { first: free, last: free } }
  }

  test('goes by how the room went in the last days', () => {
    const history = [stretch(3, 230e9), stretch(2, 220e9), stretch(1, 210e9)]
    expect(bytesPerDay(history, 200e9, now)).toBeCloseTo(10e9, -3)
    const judged = judgedOf({ history: saw({ stretches: history, damaged: 0 }) })
    expect(judged['disk:shelf:forecast']).toMatchObject({ severity: 'ok', value: { days: 20 } })
    const quick = [stretch(3, 440e9), stretch(2, 360e9), stretch(1, 280e9)]
    const soon = judgedOf({ history: saw({ stretches: quick, damaged: 0 }) })
    expect(soon['disk:shelf:forecast']).toMatchObject({ severity: 'warn', value: { days: 2.5 } })
  })

  test('is none where too little was seen, or nothing of the room', () => {
    expect(bytesPerDay([], 200e9, now)).toBeUndefined()
    expect(bytesPerDay([stretch(0.1, 210e9)], 200e9, now)).toBeUndefined()
    expect(judgedOf()['disk:shelf:forecast']).toBeUndefined()
    const { protection } = aHospital()
    if (!protection) throw new Error('a scene')
    const found = judgedOf({ protection: { ...protection, room: blindly } })
    expect(found['disk:shelf']?.severity).toBe('unknown')
  })
})
