import { forecastText, inUnit, type Forecast } from '../domain/forecast.js'
import type { Canvas } from './canvas.js'
import { bytes, count, counted } from './format/bytes.js'
import { duration } from './format/durations.js'
import { relative } from './format/times.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'
import { problemLines } from './problem.js'
import { facts } from './table.js'

/** What a disaster would cost, as it is drawn. */
interface DrawnLoss {
  readonly known: boolean
  readonly seconds: number | null
  readonly operations: number | null
  readonly isMinimum: boolean
}

/** A status as it is drawn. */
export interface DrawnStatus {
  readonly verdict: 'ok' | 'warn' | 'fail'
  readonly checks: number
  readonly problems: readonly {
    readonly severity: 'ok' | 'warn' | 'fail' | 'unknown'
    readonly says: string
    readonly because: string
    readonly next: readonly string[]
    readonly target?: string
  }[]
  readonly objectives: { readonly rpoSeconds: number; readonly rtoSeconds: number }
  readonly targets: readonly {
    readonly target: string
    readonly backup: {
      readonly takenAt: string
      readonly trust: string
      readonly copies: readonly { readonly to: string; readonly state: string }[]
    } | null
    readonly backupKnown: boolean
    readonly rpo: DrawnLoss
    readonly hostRpo: DrawnLoss
    readonly rto: Forecast | null
  }[]
  readonly services: readonly {
    readonly role: 'service' | 'job'
    readonly state: string
  }[]
  readonly disk: readonly {
    readonly path: string
    readonly freeBytes: number
    readonly neededBytes: number
  }[]
  readonly next: readonly { readonly job: string; readonly at: string }[]
}

const verdicts = { ok: 'GOOD', warn: 'ATTENTION', fail: 'FAILING' } as const

/** Columns where nobody said how many there are: what is piped to a person by mail is read there too. */
const usualColumns = 80

/** The verdict, a few lines on how things stand, and each problem with what to type. */
export function statusScreen(status: DrawnStatus, canvas: Canvas): string {
  const { good, warning, bad } = paint(canvas)
  const mood = { ok: good, warn: warning, fail: bad, unknown: warning }
  const columns = canvas.terminal ? canvas.columns : usualColumns
  const { verdict, checks, problems } = status
  const failed = problems.filter(({ severity }) => severity === 'fail').length
  const others = problems.length - failed
  const sum = [
    ...(failed > 0 ? [counted(failed, 'problem')] : []),
    ...(others > 0 ? [counted(others, 'warning')] : []),
    counted(checks, 'check'),
  ].join(', ')
  const lines = facts(rows(status, canvas), columns - indent.length)
  return [
    `${mood[verdict](verdicts[verdict])}  ${sum}`,
    ...lines.split('\n').map((line) => indent + line),
    ...told(problems).flatMap((problem) =>
      problemLines(aboutTarget(problem), mood[problem.severity], columns),
    ),
  ].join('\n')
}

const indent = '  '

/** What only could not be seen because of something that failed is told by that. */
function told(problems: DrawnStatus['problems']): DrawnStatus['problems'] {
  const causes = new Set(
    problems.flatMap(({ severity, because }) => (severity === 'fail' ? because : [])),
  )
  return problems.filter(({ severity, because }) => severity !== 'unknown' || !causes.has(because))
}

function aboutTarget(problem: DrawnStatus['problems'][number]) {
  const { target, says } = problem
  return target === undefined ? problem : { ...problem, says: `${target}: ${says}` }
}

type Rows = readonly (readonly [label: string, text: string])[]

function rows(status: DrawnStatus, canvas: Canvas): Rows {
  const { services, targets, objectives, disk, next } = status
  const many = targets.length > 1
  const of = (target: string) => (many ? `${visible(target)}: ` : '')
  const ahead = (time: string) => relative(new Date(time), canvas.now)
  return [
    ...(services.length === 0 ? [] : [['Services', servicesText(services)] as const]),
    ...targets.map((one) => ['Backup', of(one.target) + backupText(one, canvas)] as const),
    ...targets.flatMap((one) =>
      lossTexts(one, objectives.rpoSeconds).map(
        (text) => ['Lost now', of(one.target) + text] as const,
      ),
    ),
    ...targets.map(
      ({ target, rto }) =>
        ['Recovery', of(target) + forecastText(rto ?? undefined, objectives.rtoSeconds)] as const,
    ),
    ...disk.map(
      ({ path, freeBytes, neededBytes }) =>
        [
          'Disk',
          `${visible(path)}: ${bytes(freeBytes)} free, the next backups need ${bytes(neededBytes)}`,
        ] as const,
    ),
    ...(next.length === 0
      ? []
      : [['Next', next.map(({ job, at }) => `${job} ${ahead(at)}`).join(', ')] as const]),
  ]
}

function servicesText(services: DrawnStatus['services']): string {
  const running = services.filter(({ role, state }) => role === 'service' && state === 'running')
  const down = services.filter(({ role, state }) => role === 'service' && state !== 'running')
  const jobs = services.filter(({ role }) => role === 'job')
  return [
    `${count(running.length)} up, ${count(down.length)} down`,
    ...(jobs.length === 0 ? [] : [counted(jobs.length, 'job')]),
  ].join(', ')
}

function backupText(
  { backup, backupKnown }: DrawnStatus['targets'][number],
  canvas: Canvas,
): string {
  if (!backupKnown) return 'not known'
  if (!backup) return 'none that is good'
  const places = backup.copies.filter(({ state }) => state === 'ok').map(({ to }) => to)
  return [
    relative(new Date(backup.takenAt), canvas.now),
    backup.trust,
    places.length === 0 ? 'no copy elsewhere' : `also at ${places.map(visible).join(', ')}`,
  ].join(', ')
}

/** With its server alone, and with the machine, where that is not the same. */
function lossTexts(
  { rpo, hostRpo }: DrawnStatus['targets'][number],
  objectiveSeconds: number,
): readonly string[] {
  const isSame =
    rpo.known === hostRpo.known &&
    rpo.seconds === hostRpo.seconds &&
    rpo.operations === hostRpo.operations
  const objective = `(objective ${inUnit(objectiveSeconds)})`
  if (isSame) return [`${oneLoss(rpo)} ${objective}`]
  return [`with its server: ${oneLoss(rpo)} ${objective}`, `with this machine: ${oneLoss(hostRpo)}`]
}

function oneLoss({ known, seconds, operations, isMinimum }: DrawnLoss): string {
  if (!known) return 'not known'
  if (seconds === null) return 'everything'
  if (operations === 0 && !isMinimum) return 'nothing: no write since'
  const least = isMinimum ? 'more than ' : ''
  const writes =
    operations === null ? 'writes not counted' : `${least}${counted(operations, 'operation')}`
  return `${duration(seconds)}, ${writes}`
}
