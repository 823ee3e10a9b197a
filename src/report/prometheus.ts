/** A finding as it is measured. */
interface MeasuredFinding {
  readonly id: string
  readonly severity: 'ok' | 'warn' | 'fail' | 'unknown'
  readonly value?: unknown
}

/** What is written for a collector. */
export interface Measured {
  readonly verdict: 'ok' | 'warn' | 'fail'
  /** RFC 3339 UTC. */
  readonly at: string
  readonly stack: string
  readonly checks: readonly MeasuredFinding[]
}

const severities = { ok: 0, warn: 1, unknown: 2, fail: 3 } as const

/** Figures of `value` that become a metric of their own, by their names. */
const figures: readonly (readonly [name: string, metric: string, help: string, factor: number])[] =
  [
    [
      'milliseconds',
      'response_seconds',
      'How long the answer, or the confirmed write, took.',
      0.001,
    ],
    ['ageSeconds', 'age_seconds', 'How old the backup, or the last trial restore, is.', 1],
    [
      'seconds',
      'seconds',
      'Seconds that the check measured: lost writes, recovery, oplog, clock.',
      1,
    ],
    ['usedBytes', 'used_bytes', 'Bytes in use.', 1],
    ['limitBytes', 'limit_bytes', 'Bytes that there are.', 1],
    ['freeBytes', 'free_bytes', 'Bytes free.', 1],
    ['bytes', 'size_bytes', 'Bytes that data takes.', 1],
    ['current', 'connections', 'Open connections.', 1],
    ['days', 'days_left', 'Days until a certificate ends or the shelf is full.', 1],
  ]

/**
 * Text exposition format 0.0.4 of Prometheus. `lastOk` tells when each check was last ok (RFC 3339). Samples carry no timestamps:
 * a collector that reads files takes none.
 */
export function exposition(
  { verdict, at, stack, checks }: Measured,
  lastOk: Readonly<Record<string, string>>,
): string {
  const own = { stack }
  const sample = (id: string) => ({ ...own, check: id })
  const families = [
    family('ops_health_status', 'Verdict of the last run: 0 ok, 1 warnings, 3 something fails.', [
      [own, severities[verdict]],
    ]),
    family('ops_health_last_run_timestamp_seconds', 'When the last run was.', [[own, epoch(at)]]),
    family('ops_health_check_status', 'A check: 0 ok, 1 warning, 2 could not look, 3 fails.', [
      ...checks.map(({ id, severity }) => [sample(id), severities[severity]] as const),
    ]),
    family(
      'ops_health_check_last_ok_timestamp_seconds',
      'When a check was last ok.',
      checks.flatMap(({ id, severity }) => {
        const time = severity === 'ok' ? at : lastOk[id]
        return time === undefined ? [] : [[sample(id), epoch(time)] as const]
      }),
    ),
    ...figures.map(([name, metric, help, factor]) =>
      family(
        `ops_health_${metric}`,
        help,
        checks.flatMap(({ id, value }) => {
          const figure: unknown =
            typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
          return typeof figure === 'number' ? [[sample(id), figure * factor] as const] : []
        }),
      ),
    ),
  ]
  return families.join('')
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]

/** A family without a sample is left out. */
function family(name: string, help: string, samples: readonly Sample[]): string {
  if (samples.length === 0) return ''
  const lines = samples.map(
    ([labels, value]) => `${name}${labelsText(labels)} ${numberText(value)}`,
  )
  return [`# HELP ${name} ${escapedHelp(help)}`, `# TYPE ${name} gauge`, ...lines, ''].join('\n')
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapedLabel(value)}"`)
  return `{${pairs.join(',')}}`
}

function escapedLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function escapedHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  return value.toString()
}

function epoch(time: string): number {
  return Date.parse(time) / 1000
}
