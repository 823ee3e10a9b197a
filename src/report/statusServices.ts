import stringWidth from 'string-width'
import type { Canvas } from './canvas.js'
import { bytes, counted } from './format/bytes.js'
import { duration } from './format/durations.js'
import { memoryLine, processorLine } from './format/sparkline.js'
import { paint } from './paint.js'
import type { DrawnService } from './statusDrawn.js'
import { table, type Column } from './table.js'

/** A column of the table, and what it says of a service. */
interface ServiceColumn extends Column {
  readonly cell: (service: DrawnService) => string
  /** Given up before those with a lower number where a terminal is narrow; without one it always stays. */
  readonly spare?: number
}

/** What lies left of the table. */
const margin = 2

/**
 * The services with what they use and used, for a terminal that is wide enough: what is least needed is left out until it fits. Nothing
 * where there are none, nor in a pipe.
 */
export function servicesTable(
  services: readonly DrawnService[],
  canvas: Canvas,
): readonly string[] {
  if (!canvas.terminal || services.length === 0) return []
  const columns = columnsFor(canvas)
  const spares = [...new Set(columns.flatMap(({ spare }) => spare ?? []))].toSorted(
    (one, other) => other - one,
  )
  for (const least of [Infinity, ...spares]) {
    const kept = columns.filter(({ spare = 0 }) => spare < least)
    const rows = services.map((service) => kept.map(({ cell }) => cell(service)))
    const lines = table(kept, rows, canvas).split('\n')
    const width = Math.max(...lines.map((line) => stringWidth(line)))
    if (width <= canvas.columns - margin) return lines
  }
  return []
}

function columnsFor(canvas: Canvas): readonly ServiceColumn[] {
  const { good, warning, bad } = paint(canvas)
  const mood = (padded: string, word: string) => {
    if (/^(running|healthy|exited \(0\))/.test(word)) return good(padded)
    return /^(starting|created|absent|restarting|paused)/.test(word) ? warning(padded) : bad(padded)
  }
  const right = 'right' as const
  return [
    { title: 'SERVICE', cell: ({ service }) => service },
    { title: 'STATE', cell: stateWord, paint: mood },
    { title: 'UP', align: right, spare: 3, cell: (service) => up(service, canvas.now) },
    { title: 'CPU', align: right, cell: ({ use }) => percent(use?.cpuPercent ?? null) },
    {
      title: '',
      spare: 1,
      cell: ({ use }) => processorLine((use?.trend ?? []).map(({ cpuPercent }) => cpuPercent)),
    },
    { title: 'MEMORY', align: right, cell: ({ use }) => (use ? bytes(use.memoryBytes) : '') },
    { title: '', align: right, spare: 2, cell: ({ use }) => share(use) },
    {
      title: '',
      spare: 1,
      cell: ({ use }) => memoryLine((use?.trend ?? []).map(({ memoryBytes }) => memoryBytes)),
    },
  ]
}

function stateWord({ state, health, exitCode, restarts }: DrawnService): string {
  // Of one that stands still the last word of its health check is an old one.
  const now = state === 'running' ? (health ?? state) : state
  const word = exitCode === null ? now : `${state} (${exitCode.toString()})`
  return restarts === 0 ? word : `${word}, ${counted(restarts, 'restart')}`
}

function up({ state, startedAt }: DrawnService, now: Date): string {
  if (state !== 'running' || startedAt === null) return ''
  return duration(Math.max(0, (now.getTime() - Date.parse(startedAt)) / 1000))
}

function percent(value: number | null): string {
  return value === null ? '' : `${Math.round(value).toString()} %`
}

/** Of its limit, where it has one. */
function share(use: DrawnService['use']): string {
  if (!use || use.memoryLimitBytes === 0) return ''
  return percent((use.memoryBytes / use.memoryLimitBytes) * 100)
}
