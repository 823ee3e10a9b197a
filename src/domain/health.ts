import type { Finding, Severity } from './finding.js'

/** What a check of `ops health` found. */
export interface HealthFinding extends Finding {
  /** What keeps it from happening again; absent where all is well. */
  readonly prevention?: string
  /** While it goes back and forth: what it is by itself now, and how often it changed in so many runs. */
  readonly flapping?: {
    readonly now: Severity
    readonly changes: number
    readonly runs: number
  }
}

/** What one run found, before anything is damped. */
export interface HealthRun {
  /** RFC 3339 UTC. */
  readonly at: string
  /** Id of a check to what it was. */
  readonly checks: Readonly<Record<string, Severity>>
  /** Bytes free on the shelf; absent where that could not be looked at. */
  readonly freeBytes?: number
}

/** Runs one after the other that found the same. Times are RFC 3339 UTC. */
export interface HealthStretch {
  readonly from: string
  readonly to: string
  readonly runs: number
  readonly checks: Readonly<Record<string, Severity>>
  /** Bytes free on the shelf at its first and its last run. */
  readonly free?: { readonly first: number; readonly last: number }
}

/** Milliseconds: runs further apart say nothing of the time between them. */
export const longestPause = 15 * 60_000

/** Milliseconds that a stretch may last: of longer ones nobody could tell how the room on the shelf went. */
const longestStretch = 6 * 3_600_000

/** Milliseconds after which a run is forgotten, and how many stretches are kept at most. */
const kept = { milliseconds: 40 * 86_400_000, stretches: 2_000 }

/** The history with one more run: a run that found what the one before found makes the last stretch longer, and adds no line. */
export function withRun(history: readonly HealthStretch[], run: HealthRun): HealthStretch[] {
  const last = history.at(-1)
  const free = run.freeBytes === undefined ? {} : { free: freeOf(last, run.freeBytes) }
  const isMore = last !== undefined && continues(last, run)
  const stretch: HealthStretch = isMore
    ? { ...last, to: run.at, runs: last.runs + 1, ...free }
    : {
        from: run.at,
        to: run.at,
        runs: 1,
        checks: run.checks,
        ...(run.freeBytes === undefined
          ? {}
          : { free: { first: run.freeBytes, last: run.freeBytes } }),
      }
  const oldest = Date.parse(run.at) - kept.milliseconds
  return [...(isMore ? history.slice(0, -1) : history), stretch]
    .filter(({ to }) => Date.parse(to) >= oldest)
    .slice(-kept.stretches)
}

function freeOf(last: HealthStretch | undefined, bytes: number) {
  return { first: last?.free?.first ?? bytes, last: bytes }
}

function continues(last: HealthStretch, { at, checks }: HealthRun): boolean {
  const pause = Date.parse(at) - Date.parse(last.to)
  if (pause < 0 || pause > longestPause) return false
  if (Date.parse(at) - Date.parse(last.from) > longestStretch) return false
  const ids = Object.keys(checks)
  return (
    ids.length === Object.keys(last.checks).length &&
    ids.every((id) => checks[id] === last.checks[id])
  )
}
