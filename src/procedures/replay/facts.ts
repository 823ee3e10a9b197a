import type { Outstanding, ReplayCount } from '../../domain/replayCount.js'
import type { Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { BackupPart } from '../backup/backupPart.js'
import type { Compression } from '../backup/storeStream.js'
import type { FoundKept } from './findKept.js'
import type { ReplayChoice } from './leftOut.js'
import type { Workings } from './workings.js'

/** What is to be played back. */
export interface ReplayRequest {
  readonly target: Target
  /** Id or path of the file, or the id of the receipt of the restore; the newest where it is left out. */
  readonly kept?: string
  readonly choice: ReplayChoice
  /** Only this database, or this collection of it. */
  readonly database?: string
  readonly collection?: string
  readonly safetyBackup: boolean
  readonly compression: Compression
  readonly signal: AbortSignal
}

/** Everything that was found out before deciding. */
export interface ReplayFacts {
  readonly request: ReplayRequest
  readonly found: FoundKept
  /** Documents that change. */
  readonly documents: number
  /** What becomes of the writes. */
  readonly counts: readonly ReplayCount[]
  /** Databases of the documents that change. */
  readonly databases: readonly string[]
  readonly workings: Workings
  readonly outstanding: readonly Outstanding[]
  /** Collections that nothing is played back into, and commands that are not played back, in words. */
  readonly left: readonly string[]
  readonly safety?: BackupPart
  /** Earlier runs of the same that were killed half-way. */
  readonly cutOff: readonly Receipt[]
}
