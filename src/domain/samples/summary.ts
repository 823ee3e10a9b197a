import { median } from '../retention/median.js'

/** How some numbers lie. */
export interface Summary {
  readonly min: number
  readonly median: number
  readonly max: number
}

/** Lowest, middle and highest; nothing of nothing. */
export function summaryOf(numbers: readonly number[]): Summary | null {
  const middle = median(numbers)
  if (middle === undefined) return null
  const [min, max] = numbers.reduce<readonly [number, number]>(
    ([lowest, highest], number) => [Math.min(lowest, number), Math.max(highest, number)],
    [Infinity, -Infinity],
  )
  return { min, median: middle, max }
}

/** A number and when it was so. */
export interface Timed {
  /** RFC 3339 UTC. */
  readonly at: string
  readonly value: number
}

/**
 * A series in so many equal parts of the time from `from` to `to`: the average of each part, null where nothing was measured. What lies
 * outside is left out.
 */
export function inParts(
  series: readonly Timed[],
  from: Date,
  to: Date,
  parts: number,
): readonly (number | null)[] {
  const width = (to.getTime() - from.getTime()) / parts
  const sums = Array.from({ length: parts }, () => ({ sum: 0, count: 0 }))
  for (const { at, value } of series) {
    const place = Date.parse(at) - from.getTime()
    const part = sums[place === parts * width ? parts - 1 : Math.floor(place / width)]
    if (!part) continue
    part.sum += value
    part.count += 1
  }
  return sums.map(({ sum, count }) => (count === 0 ? null : sum / count))
}
