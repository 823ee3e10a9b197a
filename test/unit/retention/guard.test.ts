import { describe, expect, test } from 'vitest'
import type { EarlierPrune, Weighed } from '../../../src/domain/retention/alarm.js'
import { alarmsOf } from '../../../src/domain/retention/guard.js'
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
  prunes: readonly EarlierPrune[] = [],
  at = now,
  expired = 0,
  formerly: readonly string[] = [],
) {
  const verdicts = judgeRetention(backups, request(at, policy))
  const known = formerly.map((moment) => Date.parse(moment))
  const evidence = { backups, verdicts, now: new Date(at), prunes, expired, formerly: known }
  return alarmsOf(evidence).map(({ code }) => code)
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

describe('a clock that jumped where little is known', () => {
  const far = '2036-03-11T12:00:00Z'
  const weekBefore = ['14', '15', '16', '17', '18', '19'].map((at) => `2026-11-${at}T02:00:00Z`)

  test('two backups on the shelf tell it, before the next one and after it', () => {
    expect(alarms(daily(2), { last: 1 }, [], far)).toEqual(['PRUNE_CLOCK_JUMPED'])
    const after = [...daily(2), weighed(Date.parse(far) - 60_000, 3)]
    expect(alarms(after, { last: 2 }, [], far)).toEqual(['PRUNE_CLOCK_JUMPED'])
    expect(alarms(after, { last: 2 }, [], '2036-03-14T12:00:00Z')).toEqual(['PRUNE_CLOCK_JUMPED'])
  })

  test('so does a single one, also a bad one: what is not known is taken for a day', () => {
    for (const trust of ['sound', 'damaged'] as const) {
      const backups = [{ ...weighed(Date.parse('2026-11-20T02:00:00Z'), 1), trust }]
      const after = [...backups, weighed(Date.parse(far) - 60_000, 2)]
      expect(alarms(after, { last: 1 }, [], far)).toEqual(['PRUNE_CLOCK_JUMPED'])
      expect(alarms(after, { last: 5 }, [], far, 1)).toEqual(['PRUNE_CLOCK_JUMPED'])
    }
  })

  test('the rhythm is also that of the backups that were removed', () => {
    const prunes = [{ at: '2026-11-21T02:00:10Z', removed: 1 }]
    const later = '2027-01-05T12:00:00Z'
    const after = [...daily(2), weighed(Date.parse(later) - 60_000, 3)]
    expect(alarms(after, { last: 2 }, prunes, later, 3, weekBefore)).toEqual(['PRUNE_CLOCK_JUMPED'])
    // By hand once a month: then six weeks are nothing special.
    const monthly = ['07', '08', '09'].map((month) => `2026-${month}-21T02:00:00Z`)
    const each = [
      weighed(Date.parse('2026-10-21T02:00:00Z'), 1),
      weighed(Date.parse('2026-12-02T02:00:00Z'), 2),
    ]
    const at = '2026-12-02T02:01:00Z'
    expect(alarms(each, { last: 1 }, [], at, 0, monthly)).toEqual([])
    const tries = [...monthly, '2026-10-21T02:05:00Z', '2026-10-21T02:10:00Z']
    expect(alarms(each, { last: 1 }, [], at, 0, tries)).toEqual([])
  })

  test('it is told however many runs follow, until one of them was accepted', () => {
    const before = daily(9)
    const jumped = Array.from({ length: 40 }, (_, at) =>
      weighed(Date.parse('2027-01-02T02:00:00Z') + at * day, 10 + at),
    )
    const earlier = [{ at: '2026-11-20T02:00:10Z', removed: 1 }]
    for (const count of [1, 3, 4, 20, 40]) {
      const backups = [...before, ...jumped.slice(0, count)]
      const at = new Date(Date.parse('2027-01-02T03:00:00Z') + (count - 1) * day).toISOString()
      for (const prunes of [[], earlier])
        expect(alarms(backups, { daily: 30 }, prunes, at, 1), count.toString()).toContain(
          'PRUNE_CLOCK_JUMPED',
        )
      const accepted = [{ at, removed: 1 }, ...earlier]
      expect(alarms(backups, { daily: 30 }, accepted, at, 1)).toEqual([])
    }
  })

  test('a prune that a wrong clock put into the future accepts nothing', () => {
    const later = '2027-01-02T12:00:00Z'
    const prunes = [{ at: far, removed: 2 }]
    expect(alarms(daily(9), { daily: 7 }, prunes, later)).toEqual(['PRUNE_CLOCK_JUMPED'])
  })

  test('a policy of years, known for years, hides no jump of weeks', () => {
    const months = Array.from({ length: 11 }, (_, ago) =>
      weighed(Date.parse(now) - (40 + ago * 30) * day, -ago),
    )
    const backups = [...months.toReversed(), ...daily(7)]
    const prunes = [{ at: '2026-11-21T02:00:10Z', removed: 1 }]
    const later = '2027-01-02T12:00:00Z'
    expect(alarms(backups, { daily: 7, monthly: 5 }, prunes, later)).toEqual(['PRUNE_CLOCK_JUMPED'])
  })
})

describe('far more than usual', () => {
  test('more than half of the good ones, and more than five', () => {
    expect(alarms(daily(20), { daily: 7 })).toEqual(['PRUNE_TOO_MANY'])
    expect(alarms(daily(12), { daily: 7 })).toEqual([])
    expect(alarms(daily(6), { last: 1 })).toEqual([])
  })

  test('bad ones count: many that turned bad at once may be a disk that was away', () => {
    const turned = daily(40).map((each, at) =>
      at < 34 && at > 27 ? { ...each, trust: 'damaged' as const } : each,
    )
    expect(alarms(turned, { daily: 40 })).toEqual(['PRUNE_TOO_MANY'])
    const missing = turned.map((each) => ({ ...each, present: each.trust === 'sound' }))
    expect(alarms(missing, { daily: 40 })).toEqual(['PRUNE_TOO_MANY'])
    const few = daily(40).map((each, at) =>
      at < 33 && at > 27 ? { ...each, trust: 'damaged' as const } : each,
    )
    expect(alarms(few, { daily: 40 })).toEqual([])
  })

  test('a run whose number was accepted is no measure for the next', () => {
    const ones = ['19', '18', '17'].map((at) => ({ at: `2026-11-${at}T02:00:00Z`, removed: 1 }))
    const big = { at: '2026-11-20T02:00:00Z', removed: 20 }
    expect(alarms(daily(30), { daily: 20 }, [big, ...ones])).toEqual([])
    const accepted = { ...big, accepted: [{ accept: 'many' as const }] }
    expect(alarms(daily(30), { daily: 20 }, [accepted, ...ones])).toEqual(['PRUNE_TOO_MANY'])
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

  const after = (count: number) =>
    Array.from({ length: count }, (_, at) =>
      weighed(Date.parse('2026-11-21T02:00:00Z') + at * 60_000, 10 + at, { documents: 0 }),
    )

  test('stays a reason to ask however many like it follow', () => {
    for (const count of [1, 2, 3, 4, 9, 30])
      expect(alarms([...daily(3, 1), ...after(count)], { last: 2 }), count.toString()).toContain(
        'PRUNE_SHRUNK',
      )
  })

  test('that was accepted is the measure from then on, also when it has left the shelf', () => {
    const [first, ...more] = after(4)
    if (!first) throw new Error('no backup')
    const accepted = [{ accept: 'shrunk' as const, about: first }]
    const prunes = [{ at: '2026-11-21T03:00:00Z', removed: 1, accepted }]
    const full = daily(3, 1)
    expect(alarms([...full, first], { last: 2 }, prunes)).toEqual([])
    expect(alarms([...full, first, ...more], { last: 2 }, prunes)).toEqual([])
    expect(alarms([...full, ...more], { last: 2 }, prunes)).toEqual([])
    const half = first.rawBytes / 2
    const again = weighed(Date.parse('2026-11-21T04:00:00Z'), 20, { rawBytes: half - 1 })
    expect(alarms([...full, ...more, again], { last: 2 }, prunes)).toEqual(['PRUNE_SHRUNK'])
  })

  test('holds back what is in the trash as well: it may be needed', () => {
    expect(alarms([...daily(3, 1), ...after(1)], { last: 9 }, [], now, 1)).toEqual(['PRUNE_SHRUNK'])
  })

  test('is not hidden by a backup of another scope', () => {
    const other = weighed(Date.parse('2026-11-21T05:00:00Z'), 30, { scope: 'one', documents: 3 })
    expect(alarms([...daily(3, 1), ...after(1), other], { last: 2 })).toEqual(['PRUNE_SHRUNK'])
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
