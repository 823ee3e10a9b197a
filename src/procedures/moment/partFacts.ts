import type { Choice } from '../restore/selection.js'
import type { MomentFacts, MomentRequest } from './momentFacts.js'

/** What a restore of a part to a moment needs to know. */
export interface MomentPartRequest extends MomentRequest {
  readonly choice: Choice
  /** Image to rebuild in; that of the target's own container where it is left out. */
  readonly image?: string
}

/** Everything that was found out before deciding on a part. */
export interface PartFacts extends Omit<MomentFacts, 'request'> {
  readonly request: MomentPartRequest
  /** What the scratch server is made of, as people know it. */
  readonly image: string
  /** Of the part, as the base has it. */
  readonly bytes: number
}
