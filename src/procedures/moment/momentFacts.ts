import type { SplicedState } from '../../archive/splice.js'
import type { WantedMoment } from '../../domain/oplog/wantedMoment.js'
import type { CopyPlace } from '../../ports/copies.js'
import type { Target } from '../../domain/target.js'
import type { Compression } from '../backup/storeStream.js'
import type { RestoreFacts } from '../restore/facts.js'
import type { FoundMoment } from './findMoment.js'

/** What a restore to a moment needs to know. */
export interface MomentRequest {
  readonly target: Target
  readonly wanted: WantedMoment
  /** A place whose copies alone are restored from. */
  readonly from?: CopyPlace
  readonly safetyBackup: boolean
  readonly allowVersionMismatch: boolean
  readonly compression: Compression
  /** Whether the writes that it discards are kept where they can be; not, where it is left out. */
  readonly keepDiscarded?: boolean
  /** Ends the planning, which reads every file that is needed. */
  readonly signal: AbortSignal
}

/** Everything that was found out before deciding. */
export interface MomentFacts {
  readonly request: MomentRequest
  readonly moment: FoundMoment
  /** What is to be there afterwards, as a rehearsal found it. */
  readonly expected: SplicedState
  /** As of a restore of the base: what is there now, who writes, what is saved first. */
  readonly restore: RestoreFacts
  /** Operations a second that a replay does. */
  readonly rate: number
}
