import { inParts, type Timed } from '../domain/samples/summary.js'
import type { ContainerHistory, UseHistory } from '../procedures/stack/useHistory.js'
import type { Canvas } from './canvas.js'
import { bytes, count, counted } from './format/bytes.js'
import { duration } from './format/durations.js'
import { memoryLine, processorLine } from './format/sparkline.js'
import { visible } from './format/visible.js'
import { table } from './table.js'

/** Columns that everything but the bars takes. */
const beside = 58

/** What containers used over some time: a row of bars each, with the least, the middle and the most. */
export function useHistoryScreen(history: UseHistory, canvas: Canvas): string {
  const { containers, project, since, until } = history
  if (!canvas.terminal) return plainTable(containers, canvas)
  const seconds = (Date.parse(until) - Date.parse(since)) / 1000
  const looks = Math.max(0, ...containers.map(({ samples }) => samples.length))
  const header = `${visible(project)}: the last ${duration(seconds)}, looked at ${counted(looks, 'time')}`
  if (containers.length === 0)
    return `${header}\nops keeps what it sees when it is asked: ops status, ops stack stats.`
  const parts = Math.min(48, canvas.columns - beside)
  const rows = containers.flatMap((one) => rowsOf(one, history, parts))
  const columns = [
    { title: 'SERVICE' },
    { title: '' },
    ...(parts >= fewestParts ? [{ title: '' }] : []),
    ...['LEAST', 'MIDDLE', 'MOST', 'NOW'].map((title) => ({ title, align: 'right' as const })),
  ]
  return `${header}\n\n${table(columns, rows, canvas)}`
}

/** Fewer bars say nothing: a narrow terminal gets none. */
const fewestParts = 8

function rowsOf(
  { service, cpu, memory, samples }: ContainerHistory,
  { since, until }: UseHistory,
  parts: number,
): readonly (readonly string[])[] {
  const [from, to] = [new Date(since), new Date(until)]
  const bars = (series: readonly Timed[], line: typeof processorLine) =>
    parts >= fewestParts ? [line(inParts(series, from, to, parts))] : []
  const processor = samples.flatMap(({ at, cpuPercent }) =>
    cpuPercent === null ? [] : [{ at, value: cpuPercent }],
  )
  const used = samples.map(({ at, memoryBytes }) => ({ at, value: memoryBytes }))
  const newest = samples.at(-1)
  return [
    [
      service,
      'CPU %',
      ...bars(processor, processorLine),
      ...numbers(cpu, percent),
      percent(newest?.cpuPercent ?? undefined),
    ],
    ['', 'memory', ...bars(used, memoryLine), ...numbers(memory, bytes), size(newest?.memoryBytes)],
  ]
}

function numbers(
  summary: ContainerHistory['cpu'],
  text: (value: number) => string,
): readonly string[] {
  if (!summary) return ['', '', '']
  return [summary.min, summary.median, summary.max].map(text)
}

function percent(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(1)
}

function size(value: number | undefined): string {
  return value === undefined ? '' : bytes(value)
}

/** Every sample on a line of its own: for programs that count themselves. */
function plainTable(containers: readonly ContainerHistory[], canvas: Canvas): string {
  const columns = ['CONTAINER', 'AT', 'CPU %', 'MEMORY', 'LIMIT'].map((title) => ({ title }))
  const rows = containers.flatMap(({ container, samples }) =>
    samples.map(({ at, cpuPercent, memoryBytes, memoryLimitBytes }) => [
      container,
      at,
      cpuPercent === null ? '' : cpuPercent.toFixed(1),
      memoryBytes.toString(),
      memoryLimitBytes.toString(),
    ]),
  )
  return table(columns, rows, canvas)
}

/** How many lines of the file of samples were passed over. */
export function damagedText(damaged: number): string {
  return `${count(damaged)} of the lines that samples are kept in could not be read, and were passed over`
}
