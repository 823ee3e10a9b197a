import type { Finding } from '../../domain/finding.js'

/** What all is well is told by. A figure that nobody looked at, or could not, is null. */
export interface HealthSummary {
  /** Containers that run, and jobs and services that do not. */
  readonly running: number
  readonly others: number
  /** The slowest answer of a server, in milliseconds. */
  readonly pingMilliseconds: number | null
  /** The oldest of the newest good backups, in seconds. */
  readonly backupAgeSeconds: number | null
  /** Seconds of writes that would be lost were a server lost now, the worst of the targets. */
  readonly rpoSeconds: number | null
  /** Seconds that a recovery would take, the longest of the targets. */
  readonly rtoSeconds: number | null
}

/** A few figures from what was found. */
export function summaryOf(findings: readonly Finding[]): HealthSummary {
  const containers = findings.filter(({ id }) => id.startsWith('container:'))
  const running = containers.filter(({ value }) => field(value, 'state') === 'running')
  return {
    running: running.length,
    others: containers.length - running.length,
    pingMilliseconds: worst(findings, /^mongo:[^:]+:ping$/, 'milliseconds'),
    backupAgeSeconds: worst(findings, /^backup:[^:]+:age$/, 'ageSeconds'),
    rpoSeconds: worst(findings, /^rpo:[^:]+$/, 'seconds'),
    rtoSeconds: worst(findings, /^rto:[^:]+$/, 'seconds'),
  }
}

/** One that is not known is worse than any number. */
function worst(findings: readonly Finding[], pattern: RegExp, name: string): number | null {
  const figures = findings
    .filter(({ id }) => pattern.test(id))
    .map(({ value }) => field(value, name))
  const known = figures.filter((figure) => typeof figure === 'number')
  return known.length === 0 || known.length < figures.length ? null : Math.max(...known)
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
