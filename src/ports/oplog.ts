import type { Optime } from '../domain/contents.js'
import type { CountedEntries, CountedStretch } from '../domain/oplog/counted.js'
import type { OplogWindow } from '../domain/oplog/window.js'

/** The oplog of a server, entry by entry in its own bytes. Throws `OPLOG_UNREADABLE` (failed) and what asking a server throws. */
export interface Oplog {
  /**
   * What it holds now; nothing on a standalone, which has none. The newest entry is one that a majority of the set has:
   * nothing older than it can still appear, and it cannot be taken back.
   */
  window(): Promise<OplogWindow | undefined>
  /** The entry of exactly that optime; nothing where there is none. */
  entryAt(at: Optime): Promise<Uint8Array | undefined>
  /**
   * Every entry from `from` to `to`, both included, in order, of those that a majority has. Reads on only as fast as it is
   * read; leaving it ends the reading at the server. Throws the signal's reason.
   */
  entries(from: Optime, to: Optime, signal: AbortSignal): AsyncIterable<Uint8Array>
  /**
   * Lets the server count; of what entries hold nothing is handed out. `late` where it takes longer than so many
   * milliseconds, `refused` where it does not take the question. Throws the signal's reason.
   */
  count(
    stretch: CountedStretch,
    milliseconds: number,
    signal: AbortSignal,
  ): Promise<CountedEntries | 'late' | 'refused'>
  /** The entries that `count` leaves apart, in order, as `entries` gives them. */
  apart(from: Optime, to: Optime, signal: AbortSignal): AsyncIterable<Uint8Array>
}
