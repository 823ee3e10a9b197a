import type { Canvas } from './canvas.js'
import { duration } from './format/durations.js'
import { momentCell } from './format/times.js'
import { paint } from './paint.js'
import { table } from './table.js'

/** Figures of checks over a time, as they are drawn. */
export interface DrawnUptime {
  readonly since: string
  readonly until: string
  readonly watched: number
  readonly checks: readonly {
    readonly id: string
    readonly up: number | null
    readonly failingSeconds: number
    readonly runs: number
    readonly changes: number
    readonly lastOk: string | null
  }[]
}

/** A row for each check: the part of the time that it did not fail, and what there is to say besides. */
export function uptimeScreen(report: DrawnUptime, canvas: Canvas): string {
  const { checks, since, until, watched } = report
  if (checks.length === 0) return 'No run of ops health is recorded in that time.'
  const { bad, good } = paint(canvas)
  const span = duration((Date.parse(until) - Date.parse(since)) / 1000)
  const rows = checks.map(({ id, up, failingSeconds, runs, changes, lastOk }) => [
    id,
    up === null ? '-' : percent(up),
    failingSeconds === 0 ? '-' : duration(failingSeconds),
    runs.toString(),
    changes.toString(),
    lastOk === null ? 'never' : momentCell(lastOk, canvas),
  ])
  const drawn = table(
    [
      { title: 'CHECK' },
      {
        title: 'UP',
        align: 'right',
        paint: (padded, cell) =>
          cell === '100 %' ? good(padded) : cell === '-' ? padded : bad(padded),
      },
      { title: 'FAILING', align: 'right' },
      { title: 'RUNS', align: 'right' },
      { title: 'CHANGES', align: 'right' },
      { title: 'LAST OK' },
    ],
    rows,
    canvas,
  )
  if (!canvas.terminal) return drawn
  return `${drawn}\n\nof ${span}, ${percent(watched)} was watched`
}

/** Never rounded up to all of it. */
function percent(part: number): string {
  if (part >= 1) return '100 %'
  return `${(Math.floor(part * 10_000) / 100).toFixed(2)} %`
}
