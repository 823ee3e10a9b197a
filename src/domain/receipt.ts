import type { Optime } from './contents.js'
import type { DataFilesExchange } from './dataFiles.js'
import type { KeptWritesRecord } from './keptWrites.js'
import type { ServiceLimits } from './limitsFile.js'
import type { PutBackRecord } from './deletions/putBackRecord.js'
import type { AcceptedAlarm } from './retention/alarm.js'
import type { WriteLockRecord } from './writeLock.js'

/** How far a procedure came. `started` that nobody works on any more means: it was killed half-way. */
export type ReceiptState = 'started' | 'done' | 'failed' | 'rolled-back' | 'undone'

/** The state before a run: in a safety backup, or nothing at all. */
export interface WayBack {
  readonly safetyBackup?: string
  readonly touched?: { readonly databases: readonly string[]; readonly collection?: string }
  readonly emptyBefore?: boolean
}

/** What was done to a target, by whom, and how to take it back. Times are RFC 3339 UTC. */
export interface Receipt {
  readonly id: string
  /** The command as the operator knows it: `restore`, `undo`. */
  readonly command: string
  readonly target: string
  readonly title: string
  readonly startedAt: string
  readonly finishedAt?: string
  readonly state: ReceiptState
  readonly actor: string
  readonly host: string
  readonly pid: number
  /** Titles of the steps that were finished, in order. */
  readonly steps: readonly string[]
  /** The backup that holds the state before, where one was taken. */
  readonly safetyBackup?: string
  /** What this procedure replaced: taking it back restores exactly this from the safety backup. */
  readonly touched?: { readonly databases: readonly string[]; readonly collection?: string }
  /** Nothing of `touched` was there before: taking it back drops it. */
  readonly emptyBefore?: boolean
  /** Whether a step that destroys was begun; written down before it is. Absent in records of earlier versions. */
  readonly destroyed?: boolean
  /** The state before an earlier run that left this data half done: taking this one back brings that state. */
  readonly carried?: WayBack & { readonly from: string }
  /** Id of the run that had left half done what the safety backup holds. */
  readonly savedHalf?: string
  /** Id of the run whose half-done state it put back. */
  readonly broughtBackHalf?: string
  /**
   * Somebody, or a later run, made sure that the data is whole again. `aside`: only as long as its files lie aside in that folder of
   * the data volume; an undo of the exchange brings them back.
   */
  readonly settled?: { readonly at: string; readonly because: string; readonly aside?: string }
  /** Services that were stopped and are not started again yet. */
  readonly stopped?: readonly string[]
  /** Databases that this procedure made from nothing; taking it back drops them. */
  readonly created?: readonly string[]
  /** Backups moved to the trash, or brought back from it. Where this is there, the shelf is all that was touched. */
  readonly shelf?: ShelfChanges
  /** Copies that the retention took away from a place; that cannot be taken back. */
  readonly copies?: PlaceChanges
  /** It blocks the server's writes, or may: whoever finds this with its process gone releases them. */
  readonly writesLocked?: boolean
  /** What tells that lock from others. Absent in records of earlier versions. */
  readonly writeLock?: WriteLockRecord
  /** Data files that were exchanged: taking it back exchanges them again. */
  readonly dataFiles?: DataFilesExchange
  /** A stack that was rebuilt on a bare host, as far as that went. */
  readonly system?: RebuiltSystem
  /** A server that was made a replica set: taking it back makes it a standalone again. */
  readonly replicaSet?: MadeReplicaSet
  /** An index that was built, or is about to be: taking it back drops it. */
  readonly index?: BuiltIndex
  /** A setting of a service that was changed, or is about to be: taking it back sets it as it was. */
  readonly setting?: ChangedSetting
  /** Containers that were brought back. Where this is there, they are all that was touched. */
  readonly containers?: BroughtBackContainers
  /** What was put back after a deletion: taking it back removes exactly that. */
  readonly putBack?: PutBackRecord
  /** The writes that it discarded, where they were kept. */
  readonly keptWrites?: KeptWritesRecord
  /** Why they could not be kept, where that was tried. */
  readonly discardedNotKept?: string
  /** Kept writes that it played back. */
  readonly replayed?: ReplayRecord
  /** The receipt of what was put back, where this took it away again, by writes like any other. */
  readonly tookAway?: string
  /** What to type to do the same once more, where its command alone does not say it. */
  readonly again?: string
  /** Why it failed. */
  readonly error?: { readonly code: string; readonly message: string }
  /** What the procedure proved (counts, bytes, seconds). */
  readonly proof?: Readonly<Record<string, unknown>>
}

/** Kept writes that a run played back, or began to. */
export interface ReplayRecord {
  /** Id of the file. */
  readonly kept: string
  /** The list of the documents that it changed, with what they became. */
  readonly list: string
}

/** What a recovery of a whole system made, or is about to make. Absolute paths, names as the engine has them. */
export interface RebuiltSystem {
  readonly folder: string
  readonly project: string
  /** Volumes that were not there before. */
  readonly volumes: readonly string[]
  /** Folders that servers keep data in, and that held nothing before. Absent in records of earlier versions. */
  readonly folders?: readonly string[]
  /** Services that it began to start. Absent in records of earlier versions. */
  readonly services?: readonly string[]
  /** Targets whose data is to come back. */
  readonly targets: readonly string[]
  /** Targets whose data is back and proved, to the backup that it came from. */
  readonly restored: Readonly<Record<string, string>>
  /** Of those the ones that slices were replayed onto, to how far these reached. Absent in records of earlier versions. */
  readonly reached?: Readonly<Record<string, Optime>>
}

/** A standalone server that was made a replica set of one member, or is about to be. */
export interface MadeReplicaSet {
  readonly service: string
  /** Absolute path of the compose file that makes it one. */
  readonly file: string
  /** What it held before, and holds after; absent until it was counted. */
  readonly data?: MeasuredData
}

/** What a server held at one moment. */
export interface MeasuredData {
  /** Documents, by namespace; without those that go by themselves when their time has come. */
  readonly documents: Readonly<Record<string, number>>
  /** MD5 over all documents, by namespace; none where that would have taken too long. */
  readonly hashes: Readonly<Record<string, string>>
}

/** An index that was missed. */
export interface BuiltIndex {
  readonly namespace: string
  readonly name: string
}

/** A setting of a service, and the container that was made anew with it. */
export interface ChangedSetting {
  readonly project: string
  readonly service: string
  /** Names of the targets that the service serves or writes to. */
  readonly targets: readonly string[]
  /** Absolute path of the file that it stands in. */
  readonly file: string
  /** A number in a `.env` file; null before: it was not set there. */
  readonly variable?: {
    readonly name: string
    readonly before: string | null
    readonly after: string
    /** Whether the file was made for it. */
    readonly made?: boolean
  }
  /** What the compose file of ops says of the service; null before: nothing. */
  readonly limits?: { readonly before: ServiceLimits | null; readonly after: ServiceLimits }
  /** What its container was made from before (`ContainerFacts.configHash`): one that is still so was not made anew. */
  readonly configHash?: string
  /** Whether its container ran before: it is expected to again once this is taken back. */
  readonly ranBefore: boolean
}

/** Containers that a run looked after. */
export interface BroughtBackContainers {
  readonly project: string
  /** Services that were found ill. */
  readonly services: readonly string[]
  /** Names of the targets whose servers or writers they are. */
  readonly targets: readonly string[]
}

/** What a run took away from a place; ids. */
export interface PlaceChanges {
  readonly place: string
  readonly removed: readonly string[]
  /** What looked wrong, and was accepted by somebody who had looked. */
  readonly accepted?: readonly AcceptedAlarm[]
}

/** What a run did with the backups of a shelf; ids. */
export interface ShelfChanges {
  /** Moved to the trash. */
  readonly removed: readonly string[]
  /** Brought back from it. */
  readonly returned: readonly string[]
  /** Deleted from it, for good. */
  readonly erased?: readonly string[]
  /** Slices of the oplog that were moved to the trash along with them. */
  readonly slices?: readonly string[]
  /** What looked wrong, and was accepted by somebody who had looked. */
  readonly accepted?: readonly AcceptedAlarm[]
}
