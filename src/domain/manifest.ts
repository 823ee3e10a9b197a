import type { BackupContent } from './backupFile.js'
import type { DataFilesFacts } from './dataFiles.js'
import type { NamespaceContents, OplogContents } from './contents.js'
import type { CopyState } from './copy.js'
import type { KitFile } from './kit.js'
import type { RestoreTest } from './restoreTest.js'
import type { Trust } from './trust.js'

/** Why a backup was taken; `latest` and retention look at `backup` only. */
export type Purpose = 'backup' | 'safety'

/** The engine that took a backup. */
export type EngineName = 'sidecar' | 'exec' | 'host'

/**
 * One gzip member of the file: block restarts for parallel reading. Offsets in bytes of the compressed file, as it is
 * before it is encrypted.
 */
export interface MemberOffset {
  readonly at: number
  readonly bytes: number
  readonly rawBytes: number
}

/** The paper beside an archive: written last, so its presence says that the file was finished. Times are RFC 3339 UTC. */
export interface Manifest {
  readonly schema: 1
  readonly id: string
  /** One more than that of the backup put on the shelf before: the order that no clock can change. Given by the shelf. */
  readonly sequence?: number
  readonly target: string
  readonly purpose: Purpose
  readonly takenAt: string
  readonly finishedAt: string
  readonly seconds: number
  /** What is in the file; absent means a mongodump archive. */
  readonly content?: BackupContent
  /** Name of the file, beside the manifest. */
  readonly file: string
  readonly bytes: number
  readonly rawBytes: number
  readonly sha256: string
  readonly trust: Trust
  /** When and how `trust` was last looked at. */
  readonly judgedAt: string
  readonly judgement: string
  readonly engine: EngineName
  /** What mongodump (or what copied the data files) said when it left. Always 0: anything else never becomes a backup. */
  readonly exitCode: 0
  /** Whether the dump holds every database of the server. */
  readonly wholeInstance: boolean
  readonly databases: readonly string[]
  /** Without what may hold values of documents: validators, pipelines, filters say `[left out]`. */
  readonly collections: Readonly<Record<string, NamespaceContents>>
  /** The moment the data is consistent at: the end of its oplog, or absent where the dump had none. */
  readonly consistentAt?: string
  readonly oplog?: OplogContents
  readonly encrypted: boolean
  /** Public keys that the file was encrypted to. */
  readonly recipients?: readonly string[]
  readonly serverVersion: string
  readonly toolVersion: string
  readonly replicaSet?: string
  /** Of a copy of the data files only. */
  readonly dataFiles?: DataFilesFacts
  readonly host: string
  readonly opsVersion: string
  readonly compression: {
    readonly format: 'gzip'
    readonly level: number
    readonly members: readonly MemberOffset[]
  }
  /** The last attempt at each place that this backup was to be copied to. */
  readonly copies?: readonly CopyState[]
  /** The last trial restore. */
  readonly tested?: RestoreTest
  /** What lies beside it for a bare host. */
  readonly kit?: KitFile
}
