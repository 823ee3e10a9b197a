import type { Optime } from '../contents.js'

/** What the oplog has where an entry was: the same bytes, others, or nothing. */
export type Lookup = 'same' | 'different' | 'missing'

/** What a server's oplog holds now. */
export interface OplogWindow {
  readonly oldest: Optime
  /** The newest entry that a majority has: nothing older can still appear. */
  readonly newest: Optime
  /** Whether it begins with the initiation of the set: nothing has left it yet. */
  readonly whole: boolean
  readonly replicaSetId?: string
  /**
   * When the server was last started without its set, by its own clock, RFC 3339 UTC: what was written then is in no oplog.
   * Absent where it never was, and where this user may not ask.
   */
  readonly standaloneAt?: string
  /** Whether this user may not ask for that. */
  readonly startsHidden?: boolean
}

/** Whether an entry was written after the last time that the server ran without its set. */
export function isSinceStandalone(
  { seconds }: Optime,
  { standaloneAt }: Pick<OplogWindow, 'standaloneAt'>,
): boolean {
  return standaloneAt === undefined || seconds > Math.floor(Date.parse(standaloneAt) / 1000)
}
