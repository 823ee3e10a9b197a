import { expect, test } from 'vitest'
import { backupDays, type DatedBackup } from '../../../src/domain/backupDays.js'

const backup = (at: string, changes: Partial<DatedBackup> = {}): DatedBackup => ({
  moment: Date.parse(at),
  state: 'good',
  bytes: 100,
  ...changes,
})
const now = new Date('2026-10-26T12:00:00Z')

test('each day has the best that was taken, the largest of the same kind', () => {
  const days = backupDays(
    [
      backup('2026-10-26T01:00:00Z', { state: 'bad', bytes: 900 }),
      backup('2026-10-26T02:00:00Z'),
      backup('2026-10-26T03:00:00Z', { bytes: 200 }),
      backup('2026-10-25T03:00:00Z', { state: 'removed', bytes: 50 }),
      backup('2026-10-23T03:00:00Z', { state: 'bad' }),
      backup('2026-10-01T03:00:00Z'),
    ],
    now,
    'UTC',
    4,
  )
  expect(days).toEqual([
    { day: '2026-10-23', state: 'bad', bytes: 100 },
    { day: '2026-10-24', state: 'none', bytes: 0 },
    { day: '2026-10-25', state: 'removed', bytes: 50 },
    { day: '2026-10-26', state: 'good', bytes: 200 },
  ])
})

test('days are those of the time zone, one of 25 hours among them', () => {
  // Clocks in Paris went back on 25 October 2026.
  const days = backupDays([backup('2026-10-24T22:30:00Z')], now, 'Europe/Paris', 3)
  expect(days.map(({ day, state }) => `${day} ${state}`)).toEqual([
    '2026-10-24 none',
    '2026-10-25 good',
    '2026-10-26 none',
  ])
})
