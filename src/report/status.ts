import type { Canvas } from './canvas.js'
import { counted } from './format/bytes.js'
import { paint } from './paint.js'
import { problemLines } from './problem.js'
import type { DrawnStatus } from './statusDrawn.js'
import { statusRows } from './statusRows.js'
import { servicesTable } from './statusServices.js'
import { wellLines } from './statusWell.js'
import { broken, facts } from './table.js'

const verdicts = { ok: 'GOOD', warn: 'ATTENTION', fail: 'FAILING' } as const

/** Columns where nobody said how many there are: what is piped to a person by mail is read there too. */
const usualColumns = 80

/** Three lines where all is well; else everything. */
export function statusScreen(status: DrawnStatus, canvas: Canvas): string {
  if (status.verdict !== 'ok') return wholeStatusScreen(status, canvas)
  const columns = canvas.terminal ? canvas.columns : usualColumns
  const { good } = paint(canvas)
  return [
    `${good(verdicts.ok)}  ${counted(status.checks, 'check')}`,
    ...wellLines(status, { ...canvas, columns: columns - indent.length }).map(
      (line) => indent + line,
    ),
  ].join('\n')
}

/** The verdict, the services, a few lines on how things stand, and each problem with what to type. */
export function wholeStatusScreen(status: DrawnStatus, canvas: Canvas): string {
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
  const lines = facts(statusRows(status, canvas), columns - indent.length)
  const word = verdicts[verdict]
  const [first = '', ...more] = broken(sum, columns - word.length - indent.length)
  return [
    `${mood[verdict](word)}  ${first}`,
    ...more.map((line) => indent + line),
    ...servicesTable(status.services, canvas).map((line) => indent + line),
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
