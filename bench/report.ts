import { median, type Measured } from './measure.js'

/** One line of the table: two or three ways to do the same work on the same data. */
export interface Row {
  /** Which data set: small or large. */
  readonly data: string
  readonly work: string
  /** Median seconds of the guide's commands. */
  readonly guide: number
  readonly ops: Against
  /** Highest resident memory of the process of ops over all runs, in bytes. */
  readonly peakBytes: number
  readonly peer?: Against
}

/** One way, held against the usual one. */
export interface Against {
  /** Median, in seconds. */
  readonly seconds: number
  /** Median of the ratios, round by round, and the ends of their range. */
  readonly ratio: number
  readonly fastest: number
  readonly slowest: number
  /** Size of the backup against the guide's. */
  readonly size?: number
}

/** What each way gave, for every round. The peer is not always there. */
export interface Ways<T> {
  readonly guide: T
  readonly ops: T
  readonly peer?: T
}

/** Reduces the runs of the ways to a row. `sizes` are those of the newest backups, in bytes. */
export function rowOf(
  { data, work }: Pick<Row, 'data' | 'work'>,
  runs: Ways<readonly Measured[]>,
  sizes?: Ways<number>,
): Row {
  const seconds = runs.guide.map((run) => run.seconds)
  const against = (way: readonly Measured[], bytes: number | undefined): Against => {
    const ratios = way.map((run, round) => run.seconds / (seconds[round] ?? Number.NaN))
    return {
      seconds: median(way.map((run) => run.seconds)),
      ratio: median(ratios),
      fastest: Math.min(...ratios),
      slowest: Math.max(...ratios),
      ...(sizes && bytes !== undefined ? { size: bytes / sizes.guide } : {}),
    }
  }
  return {
    data,
    work,
    guide: median(seconds),
    ops: against(runs.ops, sizes?.ops),
    peakBytes: Math.max(...runs.ops.map(({ peakBytes }) => peakBytes)),
    ...(runs.peer ? { peer: against(runs.peer, sizes?.peer) } : {}),
  }
}

/** The rows as a Markdown table. The columns of the peer are there if any row has it. */
export function table(rows: readonly Row[], peer: string): string {
  const three = rows.some((row) => row.peer)
  const heads = [
    ...['data', 'work', 'the usual way', 'ops', 'ratio (min–max)', 'archive', 'memory of ops'],
    ...(three ? [peer, 'its ratio (min–max)', 'its archive'] : []),
  ]
  const lines = rows.map((row) => [
    ...[row.data, row.work, inSeconds(row.guide)],
    ...cells(row.ops),
    `${Math.round(row.peakBytes / 1e6).toString()} MB`,
    ...(three ? cells(row.peer) : []),
  ])
  return [heads, heads.map(() => '---'), ...lines].map(lineOf).join('\n')
}

function cells(way: Against | undefined): string[] {
  if (!way) return ['', '', '']
  const { seconds, ratio, fastest, slowest, size } = way
  const range = `**${ratio.toFixed(2)}** (${fastest.toFixed(2)}–${slowest.toFixed(2)})`
  return [inSeconds(seconds), range, size === undefined ? '' : `${size.toFixed(2)}×`]
}

function inSeconds(seconds: number): string {
  return `${seconds.toFixed(2)} s`
}

function lineOf(cellsOfLine: readonly string[]): string {
  return `| ${cellsOfLine.join(' | ')} |`
}
