import { describe, expect, test } from 'vitest'
import { calendarOf, isTimeZone } from '../../../src/domain/retention/calendar.js'
import { judgeRetention } from '../../../src/domain/retention/judge.js'
import type { Shelved } from '../../../src/domain/retention/verdict.js'
import { backup, request } from './series.js'

/** Kept ids with the rules that keep them. */
function keptBy(backups: readonly Shelved[], ...given: Parameters<typeof request>) {
  const kept = judgeRetention(backups, request(...given)).filter(({ keep }) => keep)
  return Object.fromEntries(
    kept.map(({ id, reasons }) => [id.replace('medical-', ''), reasons.map(({ rule }) => rule)]),
  )
}

describe('periods are those of the people who read the calendar', () => {
  const berlin = calendarOf('Europe/Berlin')
  const at = (text: string) => berlin(Date.parse(text))

  test('a day begins at their midnight, a week on Monday, and belongs to the year of its Thursday', () => {
    expect(at('2026-11-21T23:30:00Z')).toEqual({
      hourly: '2026-11-22T00h+01:00',
      daily: '2026-11-22',
      weekly: '2026-W47',
      monthly: '2026-11',
      yearly: '2026',
    })
    expect(at('2026-01-01T12:00:00Z').weekly).toBe('2026-W01')
    expect(at('2027-01-01T12:00:00Z').weekly).toBe('2026-W53')
    expect(at('2024-12-30T12:00:00Z').weekly).toBe('2025-W01')
  })

  test('the hour that comes twice when the clock is put back is two hours, its day is one', () => {
    const [first, second] = [at('2026-10-25T00:30:00Z'), at('2026-10-25T01:30:00Z')]
    expect([first.hourly, second.hourly]).toEqual(['2026-10-25T02h+02:00', '2026-10-25T02h+01:00'])
    expect(first.daily).toBe(second.daily)
  })

  test('offsets that are no whole hours, and a day that a country skipped', () => {
    expect(calendarOf('Asia/Kathmandu')(Date.parse('2026-11-21T18:20:00Z')).daily).toBe(
      '2026-11-22',
    )
    expect(calendarOf('America/St_Johns')(0).hourly).toBe('1969-12-31T20h-03:30')
    const apia = calendarOf('Pacific/Apia')
    expect(apia(Date.parse('2011-12-30T09:59:00Z')).daily).toBe('2011-12-29')
    expect(apia(Date.parse('2011-12-30T10:01:00Z')).daily).toBe('2011-12-31')
  })

  test('a name that is no time zone is told from one that is', () => {
    expect(isTimeZone('Europe/Berlin')).toBe(true)
    expect(isTimeZone('Europe/Berlen')).toBe(false)
  })
})

describe('what is kept, and why', () => {
  const now = '2026-11-21T12:00:00Z'

  test('the newest of a day, by the configured time zone', () => {
    const backups = [
      backup('2026-11-20T22:30:00Z'),
      backup('2026-11-20T23:30:00Z'),
      backup('2026-11-21T02:00:00Z'),
    ]
    expect(Object.keys(keptBy(backups, now, { daily: 2 }))).toEqual([
      '2026-11-21T02:00:00Z',
      '2026-11-20T23:30:00Z',
    ])
    expect(Object.keys(keptBy(backups, now, { daily: 2 }, { timeZone: 'Europe/Berlin' }))).toEqual([
      '2026-11-21T02:00:00Z',
      '2026-11-20T22:30:00Z',
    ])
  })

  test('a day without a backup costs no older one', () => {
    const backups = [
      backup('2026-11-02T02:00:00Z'),
      backup('2026-11-03T02:00:00Z'),
      backup('2026-11-20T02:00:00Z'),
    ]
    expect(Object.keys(keptBy(backups, now, { daily: 3 }))).toHaveLength(3)
  })

  test('only good ones count: unverified, damaged and missing ones take no place and go once a good one is newer', () => {
    const backups = [
      backup('2026-11-17T02:00:00Z'),
      backup('2026-11-18T02:00:00Z', { trust: 'damaged' }),
      backup('2026-11-18T03:00:00Z', { trust: 'unverified' }),
      backup('2026-11-19T02:00:00Z', { present: false }),
      backup('2026-11-20T02:00:00Z'),
      backup('2026-11-21T02:00:00Z', { trust: 'damaged' }),
    ]
    expect(keptBy(backups, now, { daily: 2 })).toEqual({
      '2026-11-21T02:00:00Z': ['no-newer-good'],
      '2026-11-20T02:00:00Z': ['last-good', 'min-good', 'daily'],
      '2026-11-17T02:00:00Z': ['daily'],
    })
    const removed = judgeRetention(backups, request(now, { daily: 2 })).filter(({ keep }) => !keep)
    expect(removed.map(({ reasons }) => reasons[0]?.says)).toEqual([
      'its file is missing, and a good one is newer',
      'unverified, and a good one is newer',
      'damaged, and a good one is newer',
    ])
  })

  test('bad ones stay while they are young', () => {
    const backups = [
      backup('2026-11-20T02:00:00Z', { trust: 'damaged' }),
      backup('2026-11-21T02:00:00Z'),
    ]
    expect(keptBy(backups, now, { keepWithinSeconds: 7 * 86_400 })).toMatchObject({
      '2026-11-20T02:00:00Z': ['within'],
    })
  })

  test('where every newer one is bad, the last good one stays, however old', () => {
    const backups = [
      backup('2020-01-01T02:00:00Z'),
      backup('2026-11-19T02:00:00Z', { trust: 'damaged' }),
      backup('2026-11-20T02:00:00Z', { trust: 'unverified' }),
      backup('2026-11-21T02:00:00Z', { present: false }),
    ]
    expect(keptBy(backups, now, {})).toMatchObject({
      '2020-01-01T02:00:00Z': ['last-good', 'min-good'],
    })
  })

  test('archives and copies of the data files take no place from each other, and the last good one of each stays', () => {
    const copy = (takenAt: string, changes: Partial<Shelved> = {}) =>
      backup(takenAt, { content: 'dataFiles', ...changes })
    const backups = [
      copy('2026-11-10T03:00:00Z'),
      backup('2026-11-18T02:00:00Z'),
      copy('2026-11-18T03:00:00Z'),
      backup('2026-11-19T02:00:00Z'),
      copy('2026-11-20T03:00:00Z', { trust: 'damaged' }),
      copy('2026-11-21T03:00:00Z', { present: false }),
    ]
    expect(keptBy(backups, now, { daily: 1 })).toEqual({
      '2026-11-21T03:00:00Z': ['no-newer-good'],
      '2026-11-20T03:00:00Z': ['no-newer-good'],
      '2026-11-19T02:00:00Z': ['last-good', 'min-good', 'daily'],
      '2026-11-18T03:00:00Z': ['last-good', 'min-good', 'daily'],
    })
    // The verdicts stay in the order of the shelf, newest first, whatever is in the files.
    expect(judgeRetention(backups, request(now, {})).map(({ id }) => id)).toEqual(
      backups.map(({ id }) => id).toReversed(),
    )
  })

  test('copies of the data files count for nothing in minGood of the archives', () => {
    const backups = [
      backup('2026-11-17T02:00:00Z'),
      backup('2026-11-18T02:00:00Z'),
      backup('2026-11-19T03:00:00Z', { content: 'dataFiles' }),
      backup('2026-11-20T03:00:00Z', { content: 'dataFiles' }),
    ]
    expect(Object.keys(keptBy(backups, now, { minGood: 2 }))).toHaveLength(4)
  })

  test('the last one that a trial restore proved stays beside the last good one', () => {
    const backups = [
      backup('2025-01-01T02:00:00Z', { trust: 'restore-tested' }),
      backup('2026-01-01T02:00:00Z', { trust: 'restore-tested' }),
      backup('2026-11-21T02:00:00Z'),
    ]
    expect(keptBy(backups, now, {})).toEqual({
      '2026-11-21T02:00:00Z': ['last-good', 'min-good'],
      '2026-01-01T02:00:00Z': ['last-restore-tested'],
    })
  })

  test('safety backups take no place; they go when they are old, unless an undo needs them', () => {
    const backups = [
      backup('2026-11-01T02:00:00Z', { purpose: 'safety' }),
      backup('2026-11-02T02:00:00Z', { purpose: 'safety' }),
      backup('2026-11-03T02:00:00Z'),
      backup('2026-11-20T13:00:00Z', { purpose: 'safety' }),
    ]
    const undoes = (id: string) => (id.includes('11-02') ? ['restore-1'] : [])
    const policy = { keepWithinSeconds: 86_400, daily: 7 }
    expect(keptBy(backups, now, policy, { undoes })).toEqual({
      '2026-11-20T13:00:00Z': ['within'],
      '2026-11-03T02:00:00Z': ['last-good', 'min-good', 'daily'],
      '2026-11-02T02:00:00Z': ['undo'],
    })
  })

  test('a base that slices continue stays, however old', () => {
    const backups = [backup('2026-01-01T02:00:00Z'), backup('2026-11-21T02:00:00Z')]
    const neededBy = (id: string) => (id.includes('01-01') ? ['12 slices'] : [])
    expect(keptBy(backups, now, {}, { neededBy })).toMatchObject({
      '2026-01-01T02:00:00Z': ['needed'],
    })
  })

  test('the sequence decides what is newest, though the clock was put back', () => {
    const backups = [
      backup('2026-11-21T03:00:00Z', { sequence: 1 }),
      backup('2026-11-21T01:00:00Z', { sequence: 2 }),
    ]
    expect(keptBy(backups, now, {})).toEqual({
      '2026-11-21T01:00:00Z': ['last-good', 'min-good'],
    })
  })

  test('what lies in the future stays and takes nobody’s place', () => {
    const backups = [
      backup('2026-11-20T02:00:00Z', { sequence: 1 }),
      backup('2027-01-02T02:00:00Z', { sequence: 2 }),
    ]
    expect(keptBy(backups, now, {})).toEqual({
      '2027-01-02T02:00:00Z': ['future'],
      '2026-11-20T02:00:00Z': ['last-good', 'min-good'],
    })
  })
})
