import type { Discarded } from '../../domain/discarded.js'
import type { Target } from '../../domain/target.js'
import type { LiveNamespace, ServerFacts } from '../../ports/mongo.js'
import type { BackupPart } from '../backup/backupPart.js'
import type { Compression } from '../backup/storeStream.js'
import type { EarlierHalf } from './earlier.js'
import type { Keeping } from '../discarded/keeping.js'
import type { Choice, Selection } from './selection.js'
import type { Source, Wanted } from './source.js'
import type { Touched } from './stateBefore.js'
import type { RunningWriters } from './writers.js'

/** What a restore needs to know. */
export interface RestoreRequest {
  readonly target: Target
  readonly wanted: Wanted
  readonly choice: Choice
  readonly safetyBackup: boolean
  readonly allowVersionMismatch: boolean
  readonly compression: Compression
  /** Whether the writes that it discards are kept where they can be; not, where it is left out. */
  readonly keepDiscarded?: boolean
  /** How it is called in the record; `restore` unless another procedure is built on it. */
  readonly command?: string
  /** Instead of a choice: exactly this is made as the archive has it, what the archive does not hold included. */
  readonly exactly?: Touched
  /** Services that an earlier run stopped: started again at the end. */
  readonly stoppedBefore?: readonly string[]
}

/** Everything a restore found out before deciding. */
export interface RestoreFacts {
  readonly request: RestoreRequest
  readonly source: Source
  readonly selection: Selection
  readonly server: ServerFacts
  /** What is there now of what will be touched. */
  readonly live: readonly LiveNamespace[]
  /** What is there now and not in the backup. */
  readonly surplus: readonly LiveNamespace[]
  readonly writers: RunningWriters
  readonly safety?: BackupPart
  /** What an earlier run left half done of it. */
  readonly earlier?: EarlierHalf
  /** Buckets that belong to no time-series, as `database.collection (documents)`: no dump holds them. */
  readonly stray?: readonly string[]
  /** What was written since; absent where a copy is made, which replaces nothing. */
  readonly discarded?: Discarded
  /** What becomes of those writes; absent where nobody asked for them. */
  readonly keeping?: Keeping
  /** Newer backups that nobody can say anything about. */
  readonly passedOver: readonly string[]
}

/** What a restore replaces; nothing where it makes a copy. */
export function touchedBy({ databases, collection, into }: Selection): Touched | undefined {
  if (into !== undefined) return undefined
  return { databases, ...(collection === undefined ? {} : { collection }) }
}
