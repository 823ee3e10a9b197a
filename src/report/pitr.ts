import type { SliceManifest } from '../domain/oplog/slice.js'
import type { Followed } from '../procedures/oplog/follow.js'
import type { TakenSlices } from '../procedures/oplog/takeSlices.js'
import type { Canvas } from './canvas.js'
import { bytes, counted } from './format/bytes.js'
import { facts } from './table.js'

/** What one run of the slicer did. */
export function pitrSliceScreen(
  taken: TakenSlices & { readonly base?: string },
  canvas: Canvas,
): string {
  const { slices, bases, base } = taken
  const rows: (readonly [string, string])[] = slices.map((slice) => ['Slice', sliceText(slice)])
  if (slices.length === 0) rows.push(['Slice', 'none: nothing new in the oplog'])
  const tied = bases.filter((id) => id !== base)
  if (base !== undefined) rows.push(['Base', `${base}, taken now`])
  for (const id of tied) rows.push(['Base', `${id} lies on the timeline`])
  return facts(rows, canvas.columns)
}

/** What the follower did until it was told to stop. */
export function pitrFollowedScreen({ slices, entries, bases, gaps }: Followed): string {
  return `stopped after ${counted(slices, 'slice')} with ${counted(entries, 'entry', 'entries')}, ${counted(bases, 'base')}, ${counted(gaps, 'gap')}`
}

/** A slice in a line: how far it goes, and what is in it. */
export function sliceText({ timeline, start, end, count, bytes: size }: SliceManifest): string {
  const seconds = end.at.seconds - start.at.seconds
  return `timeline ${timeline.toString()} to ${second(end.at.seconds)}, ${seconds.toString()} s, ${counted(count, 'entry', 'entries')}, ${bytes(size)}`
}

/** A second of UTC, as it is typed: `2026-11-21T13:02:04Z`. */
function second(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
}
