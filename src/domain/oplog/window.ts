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
}
