import { asBuffer } from '../../archive/asBuffer.js'
import type { WriteTally } from '../../archive/oplog/writeTally.js'
import { rightAfter } from '../../domain/deletions/deletion.js'
import { isAfter } from '../../domain/oplog/optime.js'
import type { Oplog } from '../../ports/oplog.js'
import { requireReachesBack, type LiveStretch } from '../dr/deletionEntries.js'
import type { CountingBound } from './countingBound.js'

/** Entries that the server counts together: few at first, so that something is known early; then more, while that is quick. */
const together = { least: 2_000, most: 500_000, quickMilliseconds: 500 }

/** What of a part of an oplog was not counted: its beginning was, or the bound was reached. */
export interface Uncounted {
  /** What is left to be read, because the server does not count it. */
  readonly left?: LiveStretch
  /** Why counting ended early. */
  readonly more?: string
}

/**
 * Lets the server count a part of its oplog, some hundred thousand entries at a time, so that a number is there whenever it has
 * to end. Only what stands in commands and in transactions of several entries is read. Throws `OPLOG_ROLLED_ON` (failed), and
 * what reading throws.
 */
export async function countLive(
  stretch: LiveStretch,
  oplog: Oplog,
  tally: WriteTally,
  bound: CountingBound,
  signal: AbortSignal,
): Promise<Uncounted> {
  let left = stretch
  let size = together.least
  for (;;) {
    const from = left.isRead ? rightAfter(left.from) : left.from
    if (isAfter(from, left.to)) return {}
    const more = bound.reached(tally.entries)
    if (more !== undefined) return { more }
    const before = bound.millisecondsLeft()
    const most = Math.min(size, bound.entriesLeft(tally.entries))
    const counted = await oplog.count({ from, to: left.to, most }, before, signal)
    if (counted === 'late') return { more: bound.late }
    if (counted === 'refused') return { left }
    tally.takeCounted(counted)
    const { apart, last } = counted
    if (apart)
      for await (const entry of oplog.apart(apart.from, apart.to, signal))
        tally.takeApart(asBuffer(entry))
    // What left the oplog meanwhile left it from its beginning on.
    await requireReachesBack(left.from, oplog)
    if (!last) return {}
    left = { from: last, to: left.to, isEntry: true, isRead: true }
    if (before - bound.millisecondsLeft() < together.quickMilliseconds)
      size = Math.min(size * 4, together.most)
  }
}
