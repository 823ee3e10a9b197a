import type { Optime } from '../contents.js'
import type { MemberOffset } from '../manifest.js'
import type { OplogPoint } from './optime.js'

/**
 * An operation that is refused when a moment is restored: no time from it on can be reached, until a base that was begun
 * after it, which needs no replay of it.
 */
export interface Refusal {
  readonly at: Optime
  /** What it is, and on what: `the command importCollection on medical_records.patients`. */
  readonly what: string
  /** The last of those that it stands for, where there were too many to name each. */
  readonly last?: Optime
}

/** A transaction whose end is not in the oplog yet. */
export interface OpenTransaction {
  /** Tells it from every other: session and number, hashed. */
  readonly transaction: string
  /** Its first entry. */
  readonly since: Optime
}

/** What reading the entries of a slice proves about them. */
export interface SliceContents {
  readonly end: OplogPoint
  readonly count: number
  /** Bytes of the entries. */
  readonly rawBytes: number
  /** Its operations that are refused when a moment is restored, in order; absent where there are none. */
  readonly refusals?: readonly Refusal[]
  /** Transactions open at its end, those begun in earlier slices included. */
  readonly openTransactions: readonly OpenTransaction[]
}

/**
 * The paper beside a slice, written last: its presence says that the file is whole. The file holds every entry of the oplog
 * after `start` up to `end`, so that each entry is in one slice of a timeline and all of them in a row are the oplog.
 */
export interface SliceManifest extends SliceContents {
  readonly version: 1
  readonly id: string
  readonly target: string
  readonly timeline: number
  /** Name of the file, beside the manifest. */
  readonly file: string
  readonly bytes: number
  readonly sha256: string
  /** The last entry before it: that of the slice before, or the last one of the base that began the timeline. */
  readonly start: OplogPoint
  /** SHA-256 of the slice before on the same timeline; absent for the first. */
  readonly previous?: string
  /** Identity of the replica set, where this user may ask. */
  readonly replicaSetId?: string
  /** The last refused operation, in this slice or before, after which no base has been begun yet. */
  readonly baseDue?: Refusal
  readonly encrypted: boolean
  readonly recipients?: readonly string[]
  readonly compression: { readonly format: 'gzip'; readonly members: readonly MemberOffset[] }
  /** RFC 3339 UTC. */
  readonly takenAt: string
  readonly host: string
  readonly opsVersion: string
}

/** Whether `next` continues `before`: the same timeline, the same entry between them, the same bytes. */
export function continues(
  next: Pick<SliceManifest, 'timeline' | 'start' | 'previous'>,
  before: Pick<SliceManifest, 'timeline' | 'end' | 'sha256'>,
): boolean {
  return (
    next.timeline === before.timeline &&
    next.start.sha256 === before.end.sha256 &&
    next.start.at.seconds === before.end.at.seconds &&
    next.start.at.ordinal === before.end.at.ordinal &&
    next.previous === before.sha256
  )
}
