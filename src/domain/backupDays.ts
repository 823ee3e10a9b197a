import { calendarOf } from './retention/calendar.js'

/** What was taken on a day and is still there, or in the trash. */
export interface BackupDay {
  /** `2026-11-21`, in the time zone of the configuration. */
  readonly day: string
  /** `removed`: it lies in the trash, and nobody can say any more whether it was good. */
  readonly state: 'good' | 'removed' | 'bad' | 'none'
  /** Of the file of the largest one that is in that state; 0 for none. */
  readonly bytes: number
}

/** A backup, as far as the days go. */
export interface DatedBackup {
  /** Milliseconds since 1970. */
  readonly moment: number
  readonly state: 'good' | 'removed' | 'bad'
  readonly bytes: number
}

const day = 86_400_000
const better = ['good', 'removed', 'bad', 'none']

/** The last so many days, today the last: of each the best that was taken. */
export function backupDays(
  backups: readonly DatedBackup[],
  now: Date,
  timeZone: string,
  count: number,
): readonly BackupDay[] {
  const calendar = calendarOf(timeZone)
  const best = new Map<string, BackupDay>()
  for (const { moment, state, bytes } of backups) {
    const { daily } = calendar(moment)
    const known = best.get(daily)
    const rank = known ? better.indexOf(state) - better.indexOf(known.state) : -1
    if (rank < 0 || (rank === 0 && bytes > (known?.bytes ?? 0)))
      best.set(daily, { day: daily, state, bytes })
  }
  return daysUntil(calendar(now.getTime()).daily, count).map(
    (name) => best.get(name) ?? { day: name, state: 'none', bytes: 0 },
  )
}

/** Names of days, counted as on a calendar: a day of 23 hours is one of them. */
function daysUntil(last: string, count: number): readonly string[] {
  const noon = Date.parse(`${last}T12:00:00Z`)
  return Array.from({ length: count }, (_, index) =>
    new Date(noon - (count - 1 - index) * day).toISOString().slice(0, 10),
  )
}
