import type { Optime } from '../contents.js'
import { compareOptimes, isAfter, optimeText } from './optime.js'
import type { History, Reach } from './timelines.js'
import type { WantedMoment } from './wantedMoment.js'

/**
 * The newest moment that slices reach, short of an operation that no replay can carry; nothing where no slice lies behind a
 * base.
 */
export function newestMoment({ reaches }: Pick<History, 'reaches'>): WantedMoment | undefined {
  const newest = reaches
    .filter(({ slices }) => slices.length > 0)
    .flatMap((reach) => lastGood(reach) ?? [])
    .toSorted(compareOptimes)
    .at(-1)
  return newest && { until: newest, text: optimeText(newest) }
}

function lastGood({ from, to, refused }: Reach): Optime | undefined {
  const barred = refused.find(({ until }) => until === undefined)
  if (!barred) return to
  // Ordinals begin with 1: 0 of a second means nothing of it.
  const before = { seconds: barred.from.seconds, ordinal: barred.from.ordinal - 1 }
  return isAfter(from, before) ? undefined : before
}
