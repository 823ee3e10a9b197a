/** A recovery that was timed. */
export interface Measured {
  /** RFC 3339 UTC. */
  readonly at: string
  readonly seconds: number
  /** Uncompressed bytes of what was brought back. */
  readonly bytes: number
}

/** How long a recovery will probably take. */
export interface Forecast {
  readonly seconds: number
  /** Half of those it is made from were no further off; a tenth of the time at least. */
  readonly spreadSeconds: number
  /** How many measurements it is made from. */
  readonly measured: number
}

/** Below this a time says how long things take to start, not how long data takes. */
const smallBytes = 64e6

/** From a measurement of a tenth of the data nothing can be told: caches, disks and indexes behave in another way. */
const furthest = 10

/** More would only bring back what the machine was like long ago. */
const newest = 7

/**
 * What the newest measurements make of a recovery of so many bytes: the middle of them, each taken up or down to the size in
 * question. Absent where nothing of comparable size was measured.
 */
export function forecast(measured: readonly Measured[], bytes: number): Forecast | undefined {
  const estimates = measured
    .filter(({ seconds }) => Number.isFinite(seconds) && seconds > 0)
    .map((one) => ({ ...one, ratio: sizeOf(bytes) / sizeOf(one.bytes) }))
    .filter(({ ratio }) => ratio <= furthest && ratio >= 1 / furthest)
    .toSorted((one, other) => other.at.localeCompare(one.at))
    .slice(0, newest)
    .map(({ seconds, ratio }) => seconds * ratio)
  const seconds = middle(estimates)
  if (seconds === undefined) return undefined
  const off = middle(estimates.map((estimate) => Math.abs(estimate - seconds))) ?? 0
  return { seconds, spreadSeconds: Math.max(off, seconds / 10), measured: estimates.length }
}

/** A recovery that has something more to do, which takes that many seconds besides. */
export function prolonged(found: Forecast | undefined, seconds: number): Forecast | undefined {
  if (!found) return undefined
  return {
    ...found,
    seconds: found.seconds + seconds,
    spreadSeconds: found.spreadSeconds + seconds / 10,
  }
}

/** A forecast beside what was promised: `about 41 min (± 6), objective 1 h`. */
export function forecastText(found: Forecast | undefined, objectiveSeconds: number): string {
  const objective = `objective ${inUnit(objectiveSeconds)}`
  if (!found) return `not known yet, ${objective} (ops dr drill measures it)`
  const { word, size } = unitOf(found.seconds)
  const whole = (seconds: number) => Math.max(1, Math.round(seconds / size)).toString()
  const over = found.seconds > objectiveSeconds ? ': LONGER than was promised' : ''
  return `about ${whole(found.seconds)} ${word} (± ${whole(found.spreadSeconds)}), ${objective}${over}`
}

function sizeOf(bytes: number): number {
  return Math.max(bytes, smallBytes)
}

function middle(numbers: readonly number[]): number | undefined {
  const sorted = numbers.toSorted((one, other) => one - other)
  const half = sorted.length / 2
  const [low, high] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]]
  return low === undefined || high === undefined ? undefined : (low + high) / 2
}

function unitOf(seconds: number): { readonly word: string; readonly size: number } {
  if (seconds < 120) return { word: 's', size: 1 }
  return seconds < 10_800 ? { word: 'min', size: 60 } : { word: 'h', size: 3600 }
}

/** A promised time in the largest unit that it is a whole number of: `1 h`, `5 min`, `90 s`. */
export function inUnit(seconds: number): string {
  if (seconds % 3600 === 0) return `${(seconds / 3600).toString()} h`
  return seconds % 60 === 0 ? `${(seconds / 60).toString()} min` : `${seconds.toString()} s`
}
