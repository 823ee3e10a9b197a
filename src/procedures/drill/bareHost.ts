import type { CloneWish } from '../../domain/cloneDocument.js'
import type { ComposeDocument } from '../../domain/composeDocument.js'
import type { Target } from '../../domain/target.js'
import type { CopyPlace } from '../../ports/copies.js'
import type { Clone } from '../../ports/laboratory.js'
import type { World } from '../../ports/world.js'
import type { SystemRequest } from '../dr/system/request.js'

/** What a clone is built again from, and how it is to be. */
export interface BareWish {
  readonly clone: Clone
  /** As it is in the clone: it signs in as the user that the image makes there. */
  readonly target: Target
  readonly service: string
  /** What the clone was made of. */
  readonly document: ComposeDocument
  readonly place: CopyPlace
  /** Id of a backup at the place. */
  readonly backup: string
  readonly wish: CloneWish
  readonly timeoutSeconds: number
}

/** A folder in which nothing of the system is left, ready for `ops dr system`. */
export interface BareHost {
  readonly world: World
  readonly request: SystemRequest
  /** Files that no kit holds, and that were brought from the real stack as an operator would bring them. */
  readonly supplied: readonly string[]
  /** Removes what was put down for the time of planning. */
  discard(): Promise<void>
}

/**
 * Makes bare hosts out of what lies at a place. Throws what finding a system throws, and what taking its configuration out of the kit
 * throws; `SECRETS_MISSING` (refused) for variables that neither the environment nor the real stack's `.env` has.
 */
export interface BareHosts {
  open(wish: BareWish, signal: AbortSignal): Promise<BareHost>
}
