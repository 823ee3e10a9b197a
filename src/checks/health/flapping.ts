import type { Severity } from '../../domain/finding.js'
import type { HealthFinding, HealthStretch } from '../../domain/health.js'

/** A check that changed so often within so many runs goes back and forth, until it was the same for so many runs in a row. */
export const flapping = { changes: 3, runs: 20, stable: 5 }

/** Milliseconds: what happened before is forgotten, however seldom runs are. */
const remembered = 6 * 3_600_000

const worse: readonly Severity[] = ['ok', 'unknown', 'warn', 'fail']

/**
 * The finding, or what it is while it goes back and forth: as bad as the worst of the last runs, and never ok before it is stable.
 * Bounded by runs and by time.
 */
export function damped(
  finding: HealthFinding,
  history: readonly HealthStretch[],
  at: string,
): HealthFinding {
  const before = lastRuns(history, finding.id, at)
  const runs = [...before, finding.severity]
  const changes = runs.filter((severity, index) => index > 0 && severity !== runs[index - 1]).length
  const newest = runs.slice(-flapping.stable)
  const isStable =
    newest.length === flapping.stable && newest.every((severity) => severity === finding.severity)
  if (changes < flapping.changes || isStable) return finding
  const worst = newest.reduce((one, other) =>
    worse.indexOf(other) > worse.indexOf(one) ? other : one,
  )
  const told = `it changed ${changes.toString()} times within the last ${runs.length.toString()} runs, and counts as ${worst} until it was the same for ${flapping.stable.toString()} runs`
  return {
    ...finding,
    severity: worst,
    because: finding.because === '' ? told : `${finding.because}\n${told}`,
    next: finding.next.length > 0 ? finding.next : ['ops health --since 1d'],
    flapping: { now: finding.severity, changes, runs: runs.length },
  }
}

/** What a check was in the last runs that looked at it, oldest first. */
function lastRuns(history: readonly HealthStretch[], id: string, at: string): Severity[] {
  const runs: Severity[] = []
  for (const { to, runs: count, checks } of history.toReversed()) {
    if (Date.parse(at) - Date.parse(to) > remembered) break
    const severity = checks[id]
    if (severity === undefined) continue
    const wanted = Math.min(count, flapping.runs - 1 - runs.length)
    runs.push(...Array.from({ length: wanted }, () => severity))
    if (runs.length >= flapping.runs - 1) break
  }
  return runs.reverse()
}
