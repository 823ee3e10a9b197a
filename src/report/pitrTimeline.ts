import type { ReachedTimes } from '../procedures/oplog/status.js'
import type { Canvas } from './canvas.js'
import { paint } from './paint.js'

const base = '●'
const slice = '━'
const gap = '·'

/** Narrowest picture that tells anything. */
const narrowest = 20

/**
 * The time from the first base to now on one line: bases, what slices reach behind them, and nothing where there is a gap.
 * `●━━━●━━━━┥···●━━━▶`
 */
export function timelinePicture(
  reaches: readonly ReachedTimes[],
  canvas: Pick<Canvas, 'columns' | 'now' | 'color'>,
): string {
  const { good, faint } = paint(canvas)
  const width = Math.max(narrowest, canvas.columns - 4)
  const [first] = reaches
  const begin = Date.parse(first?.from.time ?? '')
  const end = Math.max(canvas.now.getTime(), ...reaches.map(({ to }) => Date.parse(to.time)))
  const scale = (time: string) =>
    Math.round(((Date.parse(time) - begin) / Math.max(1, end - begin)) * (width - 1))
  const cells = Array.from({ length: width }, () => gap)
  for (const { from, to, bases, slices } of reaches) {
    if (slices > 0) {
      for (let at = scale(from.time); at <= scale(to.time); at++) cells[at] = slice
      cells[scale(to.time)] = scale(to.time) === width - 1 ? '▶' : '┥'
    }
    for (const { at } of bases) cells[scale(at.time)] = base
  }
  const line = cells.map((cell) => (cell === gap ? faint(cell) : good(cell))).join('')
  const left = `${new Date(begin).toISOString().slice(0, 16)}Z`
  const right = `${new Date(end).toISOString().slice(0, 16)}Z`
  const between = ' '.repeat(Math.max(1, width - left.length - right.length))
  return `  ${line}\n  ${left}${between}${right}\n  ${base} base   ${slice} slices   ┥ end   ${gap} cannot be reached`
}
