import { compareOptimes } from './optime.js'
import type { SliceManifest } from './slice.js'
import { historyOf, type Holdings } from './timelines.js'

/** Whether a good base and the slices behind it still lead to this slice without a gap. `good` are ids of good backups. */
export function isReached(
  tail: SliceManifest,
  { slices, anchors }: Pick<Holdings, 'slices' | 'anchors'>,
  good: ReadonlySet<string>,
): boolean {
  const bases = anchors
    .filter(({ base }) => good.has(base))
    .map(({ base: id, first, last }) => ({ id, takenAt: '', first: first ?? last.at, last }))
  return historyOf({ slices, anchors, bases, gaps: [] }).reaches.some(
    ({ timeline, to }) => timeline === tail.timeline && compareOptimes(to, tail.end.at) === 0,
  )
}
