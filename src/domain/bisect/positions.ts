import type { Optime } from '../contents.js'
import { rightBefore } from '../deletions/deletion.js'
import { compareOptimes, isAfter } from '../oplog/optime.js'

/** Times between two states: the first is clean, the last is dirty. */
export interface Span {
  readonly clean: Optime
  readonly dirty: Optime
}

/**
 * The states worth looking at, in order: the clean end, right before and right after each entry, the dirty end. Entries are in
 * order, within the span.
 */
export function positionsIn({ clean, dirty }: Span, entries: readonly Optime[]): readonly Optime[] {
  const positions = [clean]
  for (const at of [...entries.flatMap((entry) => [rightBefore(entry), entry]), dirty]) {
    const last = positions.at(-1)
    // Right after one entry is right before the next one, where nothing lies between.
    if (last && isAfter(at, last)) positions.push(at)
  }
  return positions
}

/** Whether a span is that of one entry: clean right before it, dirty right after it. */
export function isOneEntry({ clean, dirty }: Span): boolean {
  return compareOptimes(rightBefore(dirty), clean) === 0
}
