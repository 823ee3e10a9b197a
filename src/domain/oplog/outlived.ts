import type { Optime } from '../contents.js'
import { neededBases } from './needed.js'
import { compareOptimes, isAfter } from './optime.js'
import type { SliceManifest } from './slice.js'
import { runsEverTaken, type Holdings } from './timelines.js'

/** A stretch of a timeline that is kept: what lies after `from`, up to `to` or for good. */
interface Kept {
  readonly timeline: number
  readonly from: Optime
  readonly to?: Optime
}

/**
 * Slices that no backup leads to any more, or only one that another one stands behind: those go with their base. `holdings.bases`
 * are those that stay. Kept are: whatever reaches beyond `since`; all from the base on that the time since then needs; of each other
 * base that stays the slices up to the next base there ever was on its timeline; and the newest slice, by which the timeline goes on. A
 * slice that is damaged or missing makes nothing less needed.
 */
export function outlivedSlices(holdings: Holdings, since: Date): readonly SliceManifest[] {
  const runs = runsEverTaken(holdings)
  const needed = neededBases({ runs }, since)
  const kept = runs.flatMap(({ timeline, bases }) =>
    bases.map(({ id, last }): Kept => {
      const next = needed.has(id) ? undefined : nextBase(holdings, timeline, last.at)
      return { timeline, from: last.at, ...(next ? { to: next } : {}) }
    }),
  )
  const all = holdings.slices
    .map(({ manifest }) => manifest)
    .toSorted(
      (one, other) => one.timeline - other.timeline || compareOptimes(one.end.at, other.end.at),
    )
  return all.slice(0, -1).filter(({ timeline, start, end }) => {
    if (end.at.seconds * 1000 >= since.getTime()) return false
    return !kept.some(
      ({ timeline: of, from, to }) =>
        of === timeline && isAfter(end.at, from) && (!to || isAfter(to, start.at)),
    )
  })
}

/** Where the next base ends that a timeline ever had, also one that is gone by now. */
function nextBase({ anchors }: Holdings, timeline: number, after: Optime): Optime | undefined {
  return anchors
    .filter((anchor) => anchor.timeline === timeline && isAfter(anchor.last.at, after))
    .map(({ last }) => last.at)
    .toSorted(compareOptimes)[0]
}
