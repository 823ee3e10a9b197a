import { median } from '../retention/median.js'
import type { RoomSample } from './sample.js'

/** Days that must have been looked at before anything is foretold. */
const fewestDays = 3

/** Days of the past that are taken for what will be. */
const longestDays = 30

/** Beyond that nothing is foretold: nobody plans by it. */
const farthestDays = 365

const day = 86_400_000

/** When a disk will be full: in so many days; `not soon`: not within a year, or never; unknown until enough days were looked at. */
export type Filling =
  | { readonly state: 'unknown'; readonly daysSeen: number }
  | { readonly state: 'not soon' }
  | { readonly state: 'filling'; readonly days: number; readonly bytesPerDay: number }

/**
 * Foretells from the least room of each day: what backups take and pruning gives back within a day does not count. The trend is
 * the middle of the slopes between any two days (Theil and Sen), so that one day on which somebody tidied up does not
 * decide.
 */
export function fillingOf(samples: readonly RoomSample[], now: Date): Filling {
  const lowest = leastOfDays(samples, now)
  if (lowest.length < fewestDays) return { state: 'unknown', daysSeen: lowest.length }
  const slopes = lowest.flatMap((one, index) =>
    lowest
      .slice(index + 1)
      .map((later) => (later.freeBytes - one.freeBytes) / (later.day - one.day)),
  )
  const bytesPerDay = -(median(slopes) ?? 0)
  const free = lowest.at(-1)?.freeBytes ?? 0
  if (bytesPerDay <= 0 || free / bytesPerDay > farthestDays) return { state: 'not soon' }
  return { state: 'filling', days: free / bytesPerDay, bytesPerDay }
}

/** Days are counted backwards from now, so that today's is a whole one. */
function leastOfDays(
  samples: readonly RoomSample[],
  now: Date,
): readonly { readonly day: number; readonly freeBytes: number }[] {
  const least = new Map<number, number>()
  for (const { at, freeBytes } of samples) {
    const ago = now.getTime() - Date.parse(at)
    if (ago < 0 || ago >= longestDays * day) continue
    const date = -Math.floor(ago / day)
    least.set(date, Math.min(least.get(date) ?? Infinity, freeBytes))
  }
  return [...least]
    .map(([date, freeBytes]) => ({ day: date, freeBytes }))
    .toSorted((one, other) => one.day - other.day)
}
