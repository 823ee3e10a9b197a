const blocks = '▁▂▃▄▅▆▇█'

/** What stands where nothing was measured. */
const gap = '·'

/** Numbers as a row of bars, one character each: the lowest bar for `lowest` and below, the highest for `highest`. */
export function sparkline(
  numbers: readonly (number | null)[],
  lowest: number,
  highest: number,
): string {
  const span = highest - lowest
  return numbers
    .map((number) => {
      if (number === null) return gap
      const share = span <= 0 ? 0 : (number - lowest) / span
      const index = Math.floor(share * blocks.length)
      return blocks.charAt(Math.min(blocks.length - 1, Math.max(0, index)))
    })
    .join('')
}

/** Per cent of a processor that fill the highest bar at least: what hardly works draws no mountains. */
const leastPercent = 20

/** What a processor did: from nothing to the busiest moment. */
export function processorLine(percents: readonly (number | null)[]): string {
  const highest = Math.max(leastPercent, ...percents.map((percent) => percent ?? 0))
  return sparkline(percents, 0, highest)
}

/** Memory: what it grew by, from the least to the most; a tenth fills the bars at least. */
export function memoryLine(bytes: readonly (number | null)[]): string {
  const known = bytes.filter((one) => one !== null)
  const least = Math.min(...known)
  return sparkline(bytes, least, Math.max(least * 1.1, ...known))
}
