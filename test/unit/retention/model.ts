import type { RetentionRequest } from '../../../src/domain/retention/judge.js'
import type { Period } from '../../../src/domain/retention/policy.js'
import type { Shelved } from '../../../src/domain/retention/verdict.js'

/**
 * What must be kept, said again in another way: for one backup at a time, by counting those that come before it. Slow and
 * plain on purpose; it shares no code with what it is held against.
 */
export function modelKeeps(backups: readonly Shelved[], request: RetentionRequest): Set<string> {
  const { policy, now } = request
  const isFuture = (one: Shelved) => new Date(one.takenAt) > now
  const isGood = (one: Shelved) =>
    one.present && (one.trust === 'sound' || one.trust === 'restore-tested')
  const counts = (one: Shelved) => isGood(one) && one.purpose === 'backup' && !isFuture(one)
  const newer = (one: Shelved) => backups.filter((other) => isNewer(other, one))
  const label = (one: Shelved, period: Period) => periodOf(one.takenAt, period, request.timeZone)

  const staysForPeriod = (one: Shelved, period: Period) => {
    const before = newer(one).filter(counts)
    const same = before.some((other) => label(other, period) === label(one, period))
    return !same && new Set(before.map((other) => label(other, period))).size < policy[period]
  }
  const stays = (one: Shelved) => {
    if (isFuture(one)) return true
    if (request.neededBy(one.id).length > 0 || request.undoes(one.id).length > 0) return true
    if (now.getTime() - Date.parse(one.takenAt) < policy.keepWithinSeconds * 1000) return true
    if (!isGood(one)) return !newer(one).some(counts)
    const rivals = newer(one).filter((other) => isGood(other) && !isFuture(other))
    if (one.trust === 'restore-tested' && !rivals.some(({ trust }) => trust === 'restore-tested'))
      return true
    if (one.purpose === 'safety') return rivals.length === 0 && !backups.some(counts)
    const position = newer(one).filter(counts).length
    if (position < Math.max(policy.minGood, policy.last)) return true
    return (['hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const).some((period) =>
      staysForPeriod(one, period),
    )
  }
  return new Set(backups.filter(stays).map(({ id }) => id))
}

/** Whether one stands before another on the shelf: by sequence where both have one, else by time. */
function isNewer(one: Shelved, other: Shelved): boolean {
  return one.sequence !== undefined && other.sequence !== undefined
    ? one.sequence > other.sequence
    : byTime(one, other)
}

function byTime(one: Shelved, other: Shelved): boolean {
  if (one.takenAt !== other.takenAt) return one.takenAt > other.takenAt
  return one.id > other.id
}

const written = new Map<string, Intl.DateTimeFormat>()

const known = new Map<string, string>()

/** The period's name from the Swedish way to write a date, which is that of ISO 8601. */
function periodOf(takenAt: string, period: Period, timeZone: string): string {
  let format = written.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      dateStyle: 'short',
      timeStyle: 'long',
    })
    written.set(timeZone, format)
  }
  // "2026-10-25 02:30:00 CEST": the zone's name tells the two hours of a clock that is put back apart.
  const key = takenAt + timeZone
  const text = known.get(key) ?? format.format(new Date(takenAt))
  known.set(key, text)
  switch (period) {
    case 'hourly':
      return text.slice(0, 13) + text.slice(19)
    case 'daily':
      return text.slice(0, 10)
    case 'weekly':
      return mondayOf(text.slice(0, 10))
    case 'monthly':
      return text.slice(0, 7)
    case 'yearly':
      return text.slice(0, 4)
  }
}

/** A week by the date of its Monday. */
function mondayOf(date: string): string {
  const midnight = new Date(`${date}T00:00:00Z`)
  while (midnight.getUTCDay() !== 1) midnight.setUTCDate(midnight.getUTCDate() - 1)
  return midnight.toISOString()
}
