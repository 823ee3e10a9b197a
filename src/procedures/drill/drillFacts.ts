import type { CloneWish } from '../../domain/cloneDocument.js'
import type { ComposeDocument } from '../../domain/composeDocument.js'
import type { Drill } from '../../domain/drill.js'
import type { WantedMoment } from '../../domain/oplog/wantedMoment.js'
import type { Target } from '../../domain/target.js'
import type { CopyPlace } from '../../ports/copies.js'
import type { Room } from '../../ports/laboratory.js'
import type { ShelfEntry } from '../../ports/shelf.js'
import type { DrillRequest } from './drillRequest.js'
import type { RoomNeeded } from './room.js'

/** Everything that a drill found out before anything was made. */
export interface DrillFacts {
  readonly request: DrillRequest
  readonly service: string
  readonly services: readonly string[]
  readonly document: ComposeDocument
  readonly wish: CloneWish
  /** The target as it is in the clone. */
  readonly target: Target
  /** What the clone is filled from. */
  readonly entry: ShelfEntry
  /** The place that it comes back from; absent where that is the clone's own, and where nothing comes from a place. */
  readonly place?: CopyPlace
  /** The moment that slices at the place lead to, to which the clone is filled as well. */
  readonly reaches?: WantedMoment
  /** How old what is in there was when the drill began. */
  readonly ageSeconds: number
  readonly needed: RoomNeeded
  readonly room: Room
  /** What is wrong with newer backups, and with places, a sentence each. */
  readonly newer: readonly string[]
  /** Which services of the clone go without something that the real ones have, a sentence each. */
  readonly leftOut: readonly string[]
  readonly drills: readonly Drill[]
  readonly forecast: readonly [label: string, text: string]
}
