import type { Severity } from '../../domain/finding.js'
import { longestPause, type HealthStretch } from '../../domain/health.js'

/** How a check was over a time. */
export interface Uptime {
  readonly id: string
  /**
   * Part of the time that it was watched in which it is known not to have failed, from 0 to 1: what could not be looked at is not
   * up. Null where it was looked at only now and then.
   */
  readonly up: number | null
  /** Seconds in which it failed. */
  readonly failingSeconds: number
  /** Seconds for which it was looked at, whether it could be seen or not. */
  readonly watchedSeconds: number
  readonly runs: number
  /** How often it became something else. */
  readonly changes: number
  /** When it was last ok, RFC 3339 UTC; null where it never was. */
  readonly lastOk: string | null
}

/** How checks were from one moment to another, and how much of that time was watched. */
export interface UptimeReport {
  readonly since: string
  readonly until: string
  /** From 0 to 1. */
  readonly watched: number
  readonly checks: readonly Uptime[]
}

/** What one stretch says: a check was like that from its first run until the run after it, where that came soon enough. */
interface Span {
  readonly seconds: number
  readonly stretch: HealthStretch
}

/** Figures of every check since a moment. Times at which nobody looked count as neither. Times are RFC 3339 UTC. */
export function uptimeOf(
  history: readonly HealthStretch[],
  since: string,
  until: string,
): UptimeReport {
  const spans = history
    .filter(({ to }) => Date.parse(to) >= Date.parse(since))
    .map((stretch, index, all) => spanOf(stretch, all[index + 1], since))
  const ids = [...new Set(spans.flatMap(({ stretch }) => Object.keys(stretch.checks)))].sort()
  const whole = Math.max(1, (Date.parse(until) - Date.parse(since)) / 1000)
  const watched = spans.reduce((sum, { seconds }) => sum + seconds, 0)
  return {
    since,
    until,
    watched: Math.min(1, watched / whole),
    checks: ids.map((id) => figuresOf(id, spans)),
  }
}

function spanOf(stretch: HealthStretch, after: HealthStretch | undefined, since: string): Span {
  const from = Math.max(Date.parse(stretch.from), Date.parse(since))
  const to = Date.parse(stretch.to)
  const pause = after === undefined ? 0 : Date.parse(after.from) - to
  const end = pause > 0 && pause <= longestPause ? to + pause : to
  return { seconds: Math.max(0, end - from) / 1000, stretch }
}

function figuresOf(id: string, spans: readonly Span[]): Uptime {
  const own = spans.flatMap(({ seconds, stretch }) => {
    const severity = stretch.checks[id]
    return severity === undefined ? [] : [{ seconds, severity, stretch }]
  })
  const secondsOf = (severities: readonly Severity[]) =>
    own
      .filter(({ severity }) => severities.includes(severity))
      .reduce((sum, { seconds }) => sum + seconds, 0)
  const watched = secondsOf(['ok', 'warn', 'fail', 'unknown'])
  return {
    id,
    up: watched === 0 ? null : secondsOf(['ok', 'warn']) / watched,
    failingSeconds: Math.round(secondsOf(['fail'])),
    watchedSeconds: Math.round(watched),
    runs: own.reduce((sum, { stretch }) => sum + stretch.runs, 0),
    changes: own.filter(({ severity }, at) => at > 0 && severity !== own[at - 1]?.severity).length,
    lastOk: own.findLast(({ severity }) => severity === 'ok')?.stretch.to ?? null,
  }
}
