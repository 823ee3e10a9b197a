import type { Finding } from '../../domain/finding.js'
import type { HealthStretch } from '../../domain/health.js'
import { doubtful, broken, fine } from '../doctor/finding.js'
import { seen } from '../doctor/look.js'
import { quoted } from '../../domain/quoted.js'
import { span } from '../doctor/words.js'
import { judgeRoom } from '../status/judge.js'
import type { HealthEvidence } from './evidence.js'

/** Milliseconds that the forecast goes by, and that it must have seen at least: the first full backup alone is no pace. */
const looked = { back: 7 * 86_400_000, least: 48 * 3_600_000 }

/** Days in which the shelf is full. */
const full = { warn: 14, fail: 2 }

/** Is there room on the shelf, and for how long? No finding of the second where too little was seen to tell. */
export function judgeShelfRoom({
  protection,
  history,
  at,
}: Pick<HealthEvidence, 'protection' | 'history' | 'at'>): readonly Finding[] {
  if (!protection) return []
  const now: Finding = { ...judgeRoom(protection), id: 'disk:shelf' }
  const free = seen(protection.room)?.freeBytes
  const stretches = seen(history)?.stretches ?? []
  const perDay = free === undefined ? undefined : bytesPerDay(stretches, free, at)
  if (free === undefined || perDay === undefined) return [now]
  const id = 'disk:shelf:forecast'
  if (perDay <= 0) return [now, fine(id, 'the room on the shelf does not get less', '', { perDay })]
  const days = free / perDay
  const says = `at this pace the shelf is full in about ${span(days * 86_400)}`
  const value = { days: Math.round(days * 10) / 10, bytesPerDay: Math.round(perDay) }
  if (days >= full.warn) return [now, fine(id, says, '', value)]
  const words = {
    says,
    because: 'by how the room went in the last days',
    next: ['ops backup prune --dry-run', `df -h ${quoted(protection.shelf)}`],
    value,
  }
  return [now, days < full.fail ? broken(id, words) : doubtful(id, words)]
}

/**
 * Bytes a day that the room on the shelf gets less by, the line of least squares through what was seen; nothing where that was too
 * little. What retention frees now and then is in it.
 */
export function bytesPerDay(
  stretches: readonly HealthStretch[],
  freeNow: number,
  at: string,
): number | undefined {
  const now = Date.parse(at)
  const points = [
    ...stretches.flatMap(({ from, to, free }) =>
      free ? [[Date.parse(from), free.first] as const, [Date.parse(to), free.last] as const] : [],
    ),
    [now, freeNow] as const,
  ].filter(([time]) => time <= now && now - time <= looked.back)
  const first = Math.min(...points.map(([time]) => time))
  if (points.length < 3 || now - first < looked.least) return undefined
  const days = points.map(([time]) => (time - now) / 86_400_000)
  const bytes = points.map(([, free]) => free)
  const [middleDay, middleBytes] = [mean(days), mean(bytes)]
  const spread = days.reduce((sum, day) => sum + (day - middleDay) ** 2, 0)
  if (spread === 0) return undefined
  const together = days.reduce(
    (sum, day, index) => sum + (day - middleDay) * ((bytes[index] ?? 0) - middleBytes),
    0,
  )
  return -together / spread
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
