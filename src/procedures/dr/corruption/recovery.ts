import type { Damage } from '../../../checks/corruption/judge.js'
import type { MeasuredFiles } from '../../../ports/dataVolumes.js'
import type { Target } from '../../../domain/target.js'
import type { Compression } from '../../backup/storeStream.js'
import type { Compared } from '../../restore/compare.js'
import type { ServerProof } from '../proveServer.js'
import type { UsersBack } from './users.js'
import type { Way } from './ways.js'

/** Seconds within which a damaged database is to be back. */
export const corruptionObjective = 600

/** What is to be recovered from. */
export interface CorruptionRequest {
  readonly target: Target
  /** Every target of the configuration: what they call a job is never started. */
  readonly targets: readonly Target[]
  /** A moment to come back to, as it was typed; the newest that can be reached where it is left out. */
  readonly toTime?: string
  /** A backup to come back to. */
  readonly backup?: string
  /** Somebody who knows says that the data is damaged: nothing is looked at. */
  readonly assumed: boolean
  /** Milliseconds that looking for damage may take. */
  readonly lookLimit: number
  /** How long the server may take to prove itself. */
  readonly timeoutSeconds: number
  readonly compression: Compression
  /** Ends the planning. */
  readonly signal: AbortSignal
}

/** What `ops dr corruption` answers. */
export interface CorruptionRecovery {
  readonly target: string
  /** `sound`: everything was looked at, nothing was found, nothing was done. */
  readonly verdict: 'sound' | 'damaged' | 'assumed' | 'cut off before'
  readonly damages: readonly Damage[]
  readonly notes: readonly string[]
  /** What was brought back; null where nothing had to be. */
  readonly back: BroughtBack | null
  /** From the first look to the last proof. */
  readonly seconds: number
  readonly objectiveSeconds: number
  readonly receipt: string | null
}

/** What was brought back, and from what. */
export interface BroughtBack {
  readonly way: Way['kind']
  readonly id: string
  /** What is there is as of then, RFC 3339 UTC. */
  readonly asOf: string
  readonly collections: Readonly<Record<string, Pick<Compared, 'documents' | 'expected'>>>
  readonly users: UsersBack | null
  readonly server: ServerProof
  /** Where the damaged files lie, on the data volume. */
  readonly kept: MeasuredFiles & { readonly folder: string; readonly volume: string }
  /** Seconds that nobody could use the database, from when it was stopped until it was proved. */
  readonly downSeconds: number
  /** Jobs that were stopped and are not started again. */
  readonly jobsStopped: readonly string[]
}
