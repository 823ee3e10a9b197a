import type { StackUse } from '../procedures/stack/look.js'
import type { DownResult } from '../procedures/stack/down.js'
import type { ServiceRow, StackState } from '../procedures/stack/rows.js'
import type { Canvas } from './canvas.js'
import { bytes, counted } from './format/bytes.js'
import { momentCell } from './format/times.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'
import { table } from './table.js'

/** The containers of the stack: a job is shown as a job, so that one that has ended is not taken for one that is down. */
export function stackScreen({ project, services }: StackState, canvas: Canvas): string {
  const columns = [
    { title: 'SERVICE' },
    { title: 'CONTAINER' },
    { title: 'ROLE' },
    { title: 'STATE', paint: statePaint(canvas) },
    { title: 'HEALTH', paint: statePaint(canvas) },
    { title: 'SINCE' },
    { title: 'RESTARTS', align: 'right' as const },
    { title: 'PORTS' },
  ]
  const rows = services.map((row) => [
    row.service,
    row.container ?? '',
    row.role,
    stateWord(row),
    row.health ?? '',
    since(row, canvas),
    row.restarts.toString(),
    row.ports.join(', '),
  ])
  if (!canvas.terminal) return table(columns, rows, canvas)
  const up = services.filter(({ state }) => state === 'running').length
  const header = `${visible(project)}: ${counted(services.length, 'container')}, ${up.toString()} running`
  return `${header}\n\n${table(columns, rows, canvas)}`
}

/** `exited (1)`, `exited (0)`, `running`, `absent`. */
function stateWord({ state, exitCode, outOfMemory }: ServiceRow): string {
  if (exitCode === null) return state
  return `${state} (${outOfMemory ? 'out of memory' : exitCode.toString()})`
}

function since({ startedAt, finishedAt }: ServiceRow, canvas: Canvas): string {
  const moment = finishedAt ?? startedAt
  return moment === null ? '' : momentCell(moment, canvas)
}

function statePaint(canvas: Canvas): (padded: string, word: string) => string {
  const { good, warning, bad } = paint(canvas)
  return (padded, word) => {
    if (word === 'running' || word === 'healthy' || word === 'exited (0)') return good(padded)
    if (['starting', 'restarting', 'paused', 'created', 'absent', ''].includes(word))
      return warning(padded)
    return bad(padded)
  }
}

/** What the running containers use. */
export function statsScreen({ containers }: StackUse, canvas: Canvas): string {
  const { terminal } = canvas
  const size = (count: number) => (terminal ? bytes(count) : count.toString())
  const columns = [
    { title: 'CONTAINER' },
    ...[
      'CPU %',
      'MEMORY',
      'LIMIT',
      'MEMORY %',
      'NET IN',
      'NET OUT',
      'READ',
      'WRITTEN',
      'PROCESSES',
    ].map((title) => ({ title, align: 'right' as const })),
  ]
  const rows = containers.map((use) => [
    use.name,
    use.cpuPercent.toFixed(1),
    size(use.memoryBytes),
    size(use.memoryLimitBytes),
    use.memoryLimitBytes > 0 ? ((use.memoryBytes / use.memoryLimitBytes) * 100).toFixed(1) : '',
    size(use.networkInBytes),
    size(use.networkOutBytes),
    size(use.blockReadBytes),
    size(use.blockWriteBytes),
    use.processes.toString(),
  ])
  if (terminal && containers.length === 0)
    return 'No container is running.  ops stack up starts them.'
  return table(columns, rows, canvas)
}

/** What was taken down. */
export function downScreen({ project, removed }: DownResult, canvas: Canvas): string {
  const { good } = paint(canvas)
  return [
    `${good('✔')} ${visible(project)} is down: ${counted(removed.containers.length, 'container')} removed`,
    ...removed.volumes.map((name) => `  volume ${visible(name)} removed, with everything in it`),
  ].join('\n')
}
