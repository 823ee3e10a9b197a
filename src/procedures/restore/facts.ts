import type { Target } from '../../domain/target.js'
import type { LiveNamespace, ServerFacts } from '../../ports/mongo.js'
import type { BackupPart } from '../backup/backupPart.js'
import type { Compression } from '../backup/writeBackup.js'
import type { Choice, Selection } from './selection.js'
import type { Source, Wanted } from './source.js'
import type { RunningWriters } from './writers.js'

/** What a restore needs to know. */
export interface RestoreRequest {
  readonly target: Target
  readonly wanted: Wanted
  readonly choice: Choice
  readonly safetyBackup: boolean
  readonly allowVersionMismatch: boolean
  readonly compression: Compression
  /** How it is called in the record; `restore` unless another procedure is built on it. */
  readonly command?: string
}

/** Everything a restore found out before deciding. */
export interface RestoreFacts {
  readonly request: RestoreRequest
  readonly source: Source
  readonly selection: Selection
  readonly server: ServerFacts
  readonly live: readonly LiveNamespace[]
  readonly surplus: readonly LiveNamespace[]
  readonly writers: RunningWriters
  readonly safety?: BackupPart
}
