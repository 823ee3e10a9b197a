import type { Canvas } from './canvas.js'
import { counted } from './format/bytes.js'
import { relative } from './format/times.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'
import { problemLines, type DrawnProblem } from './problem.js'
import { broken } from './table.js'

/** Health as it is drawn. */
export interface DrawnHealth {
  readonly verdict: 'ok' | 'warn' | 'fail'
  readonly checks: readonly (DrawnProblem & {
    readonly id: string
    readonly prevention?: string
  })[]
  readonly summary: {
    readonly running: number
    readonly others: number
    readonly pingMilliseconds: number | null
    readonly backupAgeSeconds: number | null
    readonly rpoSeconds: number | null
    readonly rtoSeconds: number | null
  }
  /** Of saved evidence: where it comes from. */
  readonly from?: {
    readonly file: string
    readonly stack: string
    readonly at: string
    readonly savedBy: string
    readonly judgedBy: string
    readonly wanted: readonly string[]
  }
}

const verdicts = { ok: 'GOOD', warn: 'ATTENTION', fail: 'FAILING' } as const

/** Columns where nobody said how many there are. */
const usualColumns = 80

const order = ['fail', 'warn', 'unknown', 'ok']

/** Three lines where all is well; else what is not, the worst first, each with what to type. */
export function healthScreen(health: DrawnHealth, canvas: Canvas): string {
  const { good, warning, bad, faint } = paint(canvas)
  const mood = { ok: good, warn: warning, fail: bad, unknown: warning }
  const columns = canvas.terminal ? canvas.columns : usualColumns
  const { verdict, checks } = health
  const problems = checks
    .filter(({ severity }) => severity !== 'ok')
    .toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity))
  const [shown, hidden] = apart(problems)
  const word = verdicts[verdict]
  const [sum = '', ...more] = broken(sumOf(problems, checks.length), columns - word.length - 2)
  return [
    ...(health.from ? broken(originText(health.from, canvas), columns) : []),
    `${mood[verdict](word)}  ${sum}`,
    ...more.map((line) => `  ${line}`),
    ...shown.flatMap((problem) => [
      ...problemLines(named(problem), mood[problem.severity], columns),
      ...prevention(problem, columns).map((line) => faint(line)),
    ]),
    ...(hidden > 0 ? [faint(`  ${counted(hidden, 'check')} unknown for the same reason`)] : []),
    ...(problems.length === 0 ? figures(health.summary) : []),
  ].join('\n')
}

/** `seen.json: evidence of hospital, seen 3 days ago (…), saved by ops 0.1.0`. */
function originText(from: NonNullable<DrawnHealth['from']>, { now }: Canvas): string {
  const { file, stack, at, savedBy, judgedBy, wanted } = from
  const versions = savedBy === judgedBy ? savedBy : `${savedBy}, judged by ops ${judgedBy}`
  const part = wanted.length === 0 ? '' : `; looked at was ${wanted.join(', ')} alone`
  return visible(
    `${file}: evidence of ${stack}, seen ${relative(new Date(at), now)} (${at}), saved by ops ${versions}${part}`,
  )
}

type Problem = DrawnHealth['checks'][number]

function sumOf(problems: readonly Problem[], checks: number): string {
  const failed = problems.filter(({ severity }) => severity === 'fail').length
  const others = problems.length - failed
  return [
    ...(failed > 0 ? [counted(failed, 'problem')] : []),
    ...(others > 0 ? [counted(others, 'warning')] : []),
    counted(checks, 'check'),
  ].join(', ')
}

/** What only could not be seen because of something that is told already is counted, and not told again. */
function apart(problems: readonly Problem[]): readonly [shown: readonly Problem[], hidden: number] {
  const told = new Set<string>()
  const shown = problems.filter(({ severity, because }) => {
    const isNew = severity !== 'unknown' || !told.has(because)
    told.add(because)
    return isNew
  })
  return [shown, problems.length - shown.length]
}

function named({ id, ...problem }: Problem): DrawnProblem {
  return { ...problem, says: `${id}: ${problem.says}` }
}

function prevention({ severity, prevention: text }: Problem, columns: number): readonly string[] {
  if (severity !== 'fail' || text === undefined) return []
  return broken(visible(`afterwards: ${text}`), columns - 9).map((line) => `         ${line}`)
}

/** Short enough for 40 columns. */
function figures(summary: DrawnHealth['summary']): readonly string[] {
  const { running, others, pingMilliseconds, backupAgeSeconds, rpoSeconds, rtoSeconds } = summary
  const server =
    pingMilliseconds === null ? [] : [`servers answer in ${pingMilliseconds.toString()} ms`]
  const containers = running + others === 0 ? [] : [`${running.toString()} up`]
  const protection = [
    ...(backupAgeSeconds === null ? [] : [`backup ${roughly(backupAgeSeconds)}`]),
    ...(rpoSeconds === null ? [] : [`RPO ${roughly(rpoSeconds)}`]),
    ...(rtoSeconds === null ? [] : [`RTO ${roughly(rtoSeconds)}`]),
  ]
  return [[...containers, ...server], protection]
    .filter((parts) => parts.length > 0)
    .map((parts) => `  ${parts.join(', ')}`)
}

/** In one unit: figures that stand beside each other have to be short. */
function roughly(seconds: number): string {
  const units = [
    [86_400, 'd', 3],
    [3_600, 'h', 2],
    [60, 'min', 2],
  ] as const
  const [size, unit] = units.find(([one, , least]) => seconds >= one * least) ?? [1, 's']
  return `${Math.round(seconds / size).toString()} ${unit}`
}
