import type { MeasuredData, Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { BackupPart } from '../backup/backupPart.js'
import type { Compression } from '../backup/storeStream.js'
import type { ServerProof } from '../dr/proveServer.js'
import type { WriterState } from '../restore/writers.js'
import type { PlannedRemake } from '../stack/asPlanned.js'
import type { MemberScene } from './scene.js'

/** What is to become a replica set. */
export interface EnableRequest {
  readonly target: Target
  /** How long the server may take to come up, and to become primary. */
  readonly timeoutSeconds: number
  readonly compression: Compression
  readonly signal: AbortSignal
}

/** What `ops pitr enable` answers. */
export interface Enabled {
  readonly target: string
  readonly replicaSet: string
  /** False where it was one already. */
  readonly changed: boolean
  readonly member: string
  /** The compose file that makes it one; null where nothing had to be done. */
  readonly file: string | null
  readonly safetyBackup: string | null
  readonly data: MeasuredData | null
  readonly server: ServerProof | null
  /** What is left to do by hand. */
  readonly next: readonly string[]
  readonly seconds: number
  readonly receipt: string | null
}

/** What a plan was made from, and what its steps find out. */
export interface Enabling {
  readonly request: EnableRequest
  readonly scene: MemberScene
  /** Text of the compose file; nothing where the container was made by it already. */
  readonly text: string | undefined
  /** The container that is there, as it was when this was planned; nothing where there is none, or it was made already. */
  readonly remake: PlannedRemake | undefined
  readonly backup: BackupPart | undefined
  readonly cutOff: readonly Receipt[]
  readonly state: WriterState
  /** Whether it was the primary of its set already: somebody may have written and deleted since it was counted. */
  readonly servedBefore: boolean
  data: MeasuredData | undefined
  server: ServerProof | undefined
}
