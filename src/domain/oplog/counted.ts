import type { Optime } from '../contents.js'

/** Of a stretch of an oplog, both ends included, its first entries. */
export interface CountedStretch {
  readonly from: Optime
  readonly to: Optime
  /** How many entries at most. */
  readonly most: number
}

/** Writes of one kind to one namespace. */
export interface CountedWrites {
  /** `i`, `u` or `d`. */
  readonly operation: string
  readonly namespace: string
  readonly count: number
}

/** Entries that the server counted without handing them out. */
export interface CountedEntries {
  /** Those that write nothing included. */
  readonly entries: number
  /** The last of them; absent where there is none. */
  readonly last?: Optime
  /** What they write each by itself, and in an `applyOps` that is a whole of nothing but writes. */
  readonly writes: readonly CountedWrites[]
  /** Between which of them commands and parts of transactions stand, which are not counted; absent where there are none. */
  readonly apart?: { readonly from: Optime; readonly to: Optime }
}
