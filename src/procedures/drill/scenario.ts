import type { CloneWish } from '../../domain/cloneDocument.js'
import type { ComposeDocument } from '../../domain/composeDocument.js'
import type { Target } from '../../domain/target.js'
import type { CopyPlace } from '../../ports/copies.js'
import type { Clone } from '../../ports/laboratory.js'
import type { Compression } from '../backup/storeStream.js'
import type { StepContext } from '../plan.js'
import type { BareHosts } from './bareHost.js'

/** The clone of a drill, filled, with the target as it is in there. */
export interface Ward {
  readonly clone: Clone
  readonly target: Target
  /** The service of the target's server. */
  readonly service: string
  /** `database.collection` of the numbered documents. */
  readonly writesTo: string
  readonly compression: Compression
  /** How long each part of it may take to get well. */
  readonly timeoutSeconds: number
  /** Where the backup lies that the clone was filled from, besides the shelf. */
  readonly place: CopyPlace
  /** Id of that backup. */
  readonly backup: string
  readonly wish: CloneWish
  /** What the clone was made of. */
  readonly document: ComposeDocument
  readonly hosts: BareHosts
}

/** One disaster. */
export interface Strike {
  /** What was done, in words: `mongodb was killed`. */
  readonly what: (service: string) => string
  /** Does it to the clone, for real. */
  inject(ward: Ward, context: StepContext): Promise<void>
}

/** A disaster-recovery scenario as a drill carries it out: what is done, and which procedure brings it back. */
export interface Scenario {
  readonly name: string
  readonly summary: string
  /** Seconds that the guides allow the recovery. */
  readonly guideSeconds: number
  /** Whether something may be lost: then the drill protects the clone first, as the target is protected. */
  readonly mayLose: boolean
  /** Whether it comes back from a place elsewhere: then what lies there is all that protects it. */
  readonly fromPlace?: true
  /** How much more room it needs than the data once. */
  readonly copies: number
  readonly strikes: readonly Strike[]
  /** The very procedure of `ops dr NAME`, from its first look to its proof. Throws what that throws. */
  recover(ward: Ward, context: StepContext): Promise<void>
}
