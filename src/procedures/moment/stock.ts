import type { Base } from '../../domain/oplog/base.js'
import type { SliceManifest } from '../../domain/oplog/slice.js'
import type { SliceHoldings, Slices } from '../../ports/slices.js'
import type { Wanted } from '../restore/source.js'

/** Bases and slices that a moment may be put together from: those of the shelf, or the copies of a place. */
export interface Stock {
  readonly bases: readonly Base[]
  /** Where the slices are read once they are proved. */
  readonly slices: Pick<Slices, 'read'>
  /** What was passed over or mended, a sentence each. */
  readonly told: string[]
  /** Ids of slices that cannot be had. */
  readonly lost: Set<string>
  holdings(): Promise<SliceHoldings>
  /** How a base is opened. */
  base(id: string): Wanted
  /** The first of these that cannot be read here as its manifest says; each is read to its end once. `present` are ids. */
  firstAbsent(
    slices: readonly SliceManifest[],
    present: ReadonlySet<string>,
  ): Promise<SliceManifest | undefined>
  /** Gets one that is absent; false where it cannot be had. */
  have(slice: SliceManifest): Promise<boolean>
  /** Removes what was put down only for this. */
  discard(): Promise<void>
}
