import type { Looked } from '../doctor/evidence.js'

/** The newest good backup of a target, as far as a recovery needs to know it. */
export interface ReadyBackup {
  readonly id: string
  readonly takenAt: string
  readonly trust: string
  readonly content: 'archive' | 'dataFiles'
  readonly wholeInstance: boolean
  readonly rawBytes: number
  /** Whether its recovery kit lies beside it. */
  readonly kit: boolean
  /** Places elsewhere that have it. */
  readonly copies: readonly string[]
  /** Seconds that bringing it back will probably take; absent where nothing was measured. */
  readonly seconds?: number
}

/** What a server says of itself that a recovery needs to know. */
export interface ReadyServer {
  readonly primary: boolean
  readonly replicaSet: boolean
  /** Members of its set; absent where that is not told. */
  readonly members?: number
  /** Seconds of writes that its oplog holds; absent on a standalone. */
  readonly oplogSeconds?: number
}

/** The container of the server. */
export interface ReadyContainer {
  readonly name: string
  readonly state: string
  /** Image as people know it, and whether the engine has it. */
  readonly image: string
  readonly imagePresent: boolean
  /** Whether a server that begins anew in it would have somebody to sign in as. */
  readonly firstUser: boolean
}

/** Everything that recoveries of one target are judged by. Times are RFC 3339 UTC. */
export interface ReadyEvidence {
  readonly target: string
  readonly now: string
  /** Seconds that the newest good backup may be old. */
  readonly backupAgeSeconds: number
  /** Whether slices are to be taken. */
  readonly pointInTime: boolean
  readonly engine: Looked<{ readonly version: string }>
  /** Services of the compose project; absent where the configuration names none. */
  readonly stack?: Looked<{ readonly services: number }>
  /** The container; `facts` is null where the engine has none. */
  readonly container: Looked<ReadyContainer | null>
  readonly volume: Looked<{ readonly freeBytes: number }>
  readonly server: Looked<ReadyServer>
  /** Null where there is no good backup. */
  readonly backup: Looked<ReadyBackup | null>
  /** Whether the keys of this machine open what is encrypted. */
  readonly keys: Looked<unknown>
  /** Until when slices reach behind a base; null where none does. */
  readonly slicesTo: Looked<string | null>
  /** Recoveries and restores of this target that were cut off half-way. */
  readonly cutOff: readonly string[]
  /** Places that backups are copied to. */
  readonly places: readonly string[]
}
