import { describe, expect, test } from 'vitest'
import { alarmsOf, type Weighed } from '../../../src/domain/retention/guard.js'
import { judgeRetention } from '../../../src/domain/retention/judge.js'
import type { RetentionPolicy } from '../../../src/domain/retention/policy.js'
import { backup, day, request } from './series.js'

const now = '2026-11-21T12:00:00Z'

/** One good backup a day, the newest `newest` days before now. */
function daily(count: number, newest = 0): Weighed[] {
  return Array.from({ length: count }, (_, at) =>
    weighed(Date.parse('2026-11-21T02:00:00Z') - (newest + count - 1 - at) * day, at + 1),
  )
}

function weighed(moment: number, sequence: number, changes: Partial<Weighed> = {}): Weighed {
  const takenAt = new Date(moment).toISOString()
  return {
    ...backup(takenAt, { sequence }),
    documents: 1000,
    rawBytes: 50_000,
    scope: 'whole',
    ...changes,
  }
}

function alarms(
  backups: readonly Weighed[],
  policy: Partial<RetentionPolicy>,
  prunes: readonly { at: string; removed: number }[] = [],
  at = now,
  expired = 0,
) {
  const verdicts = judgeRetention(backups, request(at, policy))
  return alarmsOf({ backups, verdicts, now: new Date(at), prunes, expired }).map(({ code }) => code)
}

describe('a run of every day', () => {
  test('raises no alarm', () => {
    expect(alarms(daily(8), { daily: 7 })).toEqual([])
    expect(alarms(daily(12), { daily: 7 }, [{ at: '2026-11-20T02:00:00Z', removed: 1 }])).toEqual(
      [],
    )
  })

  test('nothing to remove, nothing to be alarmed about', () => {
    expect(alarms(daily(5, 60), { daily: 7 })).toEqual([])
  })
})

describe('a clock that seems to have jumped', () => {
  test('the newest backup lies in the future', () => {
    const backups = [...daily(9), weighed(Date.parse(now) + day, 10)]
    expect(alarms(backups, { daily: 7 })).toEqual(['PRUNE_CLOCK_JUMPED'])
  })

  test('an older one in the future is kept, and stops nothing', () => {
    const backups = [weighed(Date.parse(now) + 42 * day, 0), ...daily(9)]
    expect(alarms(backups, { daily: 7 })).toEqual([])
  })

  test('42 days forward, before a backup and after one', () => {
    const later = '2027-01-02T12:00:00Z'
    expect(alarms(daily(9), { daily: 7 }, [], later)).toEqual(['PRUNE_CLOCK_JUMPED'])
    const jumped = [...daily(9), weighed(Date.parse('2027-01-02T11:00:00Z'), 10)]
    expect(alarms(jumped, { daily: 7 }, [], later)).toEqual(['PRUNE_CLOCK_JUMPED'])
    const dayAfter = [...jumped, weighed(Date.parse('2027-01-03T11:00:00Z'), 11)]
    expect(alarms(dayAfter, { daily: 7 }, [], '2027-01-03T12:00:00Z')).toEqual([
      'PRUNE_CLOCK_JUMPED',
    ])
  })

  test('nothing is deleted from the trash then either', () => {
    const later = '2027-01-02T12:00:00Z'
    expect(alarms(daily(5), { daily: 7 }, [], later, 1)).toEqual(['PRUNE_CLOCK_JUMPED'])
    expect(alarms(daily(5), { daily: 7 }, [], now, 1)).toEqual([])
  })

  test('a gap from before the last prune was accepted then', () => {
    const backups = [...daily(9), weighed(Date.parse('2027-01-02T11:00:00Z'), 10)]
    const prunes = [{ at: '2027-01-02T11:30:00Z', removed: 2 }]
    expect(alarms(backups, { daily: 7 }, prunes, '2027-01-02T12:00:00Z')).toEqual([])
  })

  test('the gaps that a policy of weeks and months leaves are none, also where no prune is known', () => {
    const older = [20, 50, 80].map((ago, at) => weighed(Date.parse(now) - ago * day, -at))
    expect(alarms([...older, ...daily(9)], { daily: 7, monthly: 12 })).toEqual([])
  })

  test('a long weekend is no jump', () => {
    expect(alarms(daily(9, 2), { daily: 7 })).toEqual([])
  })
})

describe('far more than usual', () => {
  test('more than half of the good ones, and more than five', () => {
    expect(alarms(daily(20), { daily: 7 })).toEqual(['PRUNE_TOO_MANY'])
    expect(alarms(daily(12), { daily: 7 })).toEqual([])
    expect(alarms(daily(6), { last: 1 })).toEqual([])
  })

  test('much more than the last runs', () => {
    const prunes = ['20', '19', '18'].map((at) => ({ at: `2026-11-${at}T02:00:00Z`, removed: 1 }))
    expect(alarms(daily(30), { daily: 20 }, prunes)).toEqual(['PRUNE_TOO_MANY'])
    expect(alarms(daily(30), { daily: 20 }, prunes.slice(1))).toEqual([])
    expect(alarms(daily(24), { daily: 20 }, prunes)).toEqual([])
  })
})

describe('a backup that holds far less', () => {
  const last = (changes: Partial<Weighed>) => [
    ...daily(9, 1),
    weighed(Date.parse('2026-11-21T02:00:00Z'), 10, changes),
  ]

  test('documents, or bytes', () => {
    expect(alarms(last({ documents: 100 }), { daily: 7 })).toEqual(['PRUNE_SHRUNK'])
    expect(alarms(last({ rawBytes: 2_000 }), { daily: 7 })).toEqual(['PRUNE_SHRUNK'])
    expect(alarms(last({ documents: 600 }), { daily: 7 })).toEqual([])
  })

  test('one of another scope is not held against the others, nor is one that is damaged anyway', () => {
    expect(alarms(last({ documents: 100, scope: 'one' }), { daily: 7 })).toEqual([])
    expect(alarms(last({ documents: 0, trust: 'damaged' }), { daily: 7 })).toEqual([])
  })
})

describe('copies of the data files among the archives', () => {
  const copyAt = (moment: string, sequence: number, changes: Partial<Weighed> = {}) =>
    weighed(Date.parse(moment), sequence, { content: 'dataFiles', rawBytes: 900_000, ...changes })

  test('hide no archive that shrank, and are not held against archives', () => {
    const shrunk = daily(9).map((one, at) => (at === 8 ? { ...one, documents: 10 } : one))
    expect(alarms([...shrunk, copyAt('2026-11-21T03:00:00Z', 10)], { daily: 7 })).toEqual([
      'PRUNE_SHRUNK',
    ])
    const bigger = [copyAt('2026-11-20T03:00:00Z', 0), ...daily(9)]
    expect(alarms(bigger, { daily: 7 })).toEqual([])
  })

  test('that shrank are told as well', () => {
    const copies = ['2026-11-18', '2026-11-19', '2026-11-20'].map((date, at) =>
      copyAt(`${date}T03:00:00Z`, 20 + at, at === 2 ? { rawBytes: 1000 } : {}),
    )
    expect(alarms([...daily(9), ...copies], { daily: 7 })).toEqual(['PRUNE_SHRUNK'])
  })

  test('have no rhythm that a clock could break, and hide no gap between archives', () => {
    const long = ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04', '2026-03-05'].map(
      (date, at) => copyAt(`${date}T03:00:00Z`, at),
    )
    expect(alarms([...long, ...daily(9)], { daily: 7 })).toEqual([])
    const each = daily(9, 30).map((one, at) => ({ ...one, sequence: at }))
    const now20 = copyAt('2026-11-21T03:00:00Z', 20)
    expect(alarms([...each, now20], { daily: 7 })).toEqual(['PRUNE_CLOCK_JUMPED'])
  })
})
