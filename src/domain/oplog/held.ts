import type { Optime } from '../contents.js'
import { isAfter } from './optime.js'
import type { SliceManifest } from './slice.js'
import type { Holdings } from './timelines.js'

/** What a place that holds these bases is to hold of the slices. */
export interface HeldBehind {
  readonly slices: readonly SliceManifest[]
  readonly anchors: Holdings['anchors']
  readonly gaps: Holdings['gaps']
}

/** The slices behind these bases, oldest first, with the notes of their timelines: all from the earliest of them on. */
export function heldBehind(
  { slices, anchors, gaps }: Pick<Holdings, 'slices' | 'anchors' | 'gaps'>,
  bases: ReadonlySet<string>,
): HeldBehind {
  const since = new Map<number, Optime>()
  for (const { base, timeline, last } of anchors) {
    const known = since.get(timeline)
    if (bases.has(base) && (!known || isAfter(known, last.at))) since.set(timeline, last.at)
  }
  return {
    slices: slices.flatMap(({ manifest, present }) => {
      const from = since.get(manifest.timeline)
      return present && from && isAfter(manifest.end.at, from) ? [manifest] : []
    }),
    anchors: anchors.filter(({ timeline }) => since.has(timeline)),
    gaps: gaps.filter(({ timeline }) => since.has(timeline)),
  }
}
