import type { Optime } from './contents.js'
import type { NamespaceWrites } from './discarded.js'

/** What a restore replaces: databases (none: all of the server), or one collection. */
export interface ReplacedPart {
  readonly databases: readonly string[]
  readonly collection?: string
}

/**
 * The paper beside a file of writes that a restore discarded: written last, so that its presence says that the file is whole. The
 * file is a stream of oplog entries (BSON, one after the other) in gzip, encrypted where backups are. Times are RFC 3339 UTC.
 */
export interface KeptWritesManifest {
  readonly version: 1
  readonly id: string
  readonly target: string
  /** Name of the file, beside the manifest. */
  readonly file: string
  readonly bytes: number
  readonly sha256: string
  /** BSON bytes of the entries. */
  readonly rawBytes: number
  readonly entries: number
  /** From this moment on; what is of the very entry before it is in the restored data. */
  readonly since: Optime
  /** Whether the restored data ends exactly before `since`; else it may hold some of these writes already. */
  readonly exact: boolean
  /** The newest entry that was looked at. */
  readonly until: Optime
  readonly operations: number
  /** By `database.collection`, or the database alone where it was dropped. */
  readonly namespaces: Readonly<Record<string, NamespaceWrites>>
  readonly replaced: ReplacedPart
  /** What is not in it, and why; empty where everything is. */
  readonly lacks: readonly string[]
  /** What earlier restores wrote is among them, and cannot be told from the others. */
  readonly among: readonly string[]
  readonly encrypted: boolean
  readonly recipients?: readonly string[]
  readonly takenAt: string
  readonly host: string
  readonly opsVersion: string
}

/** What a receipt tells of them. */
export interface KeptWritesRecord {
  readonly id: string
  /** The newest entry of the oplog when the restore was proved: what is written later was written by others. */
  readonly restoredAt?: Optime
}

/** An id for what is kept now: `medical-20261122T181500Z-x7k2`. */
export function keptWritesId(target: string, now: Date, token: string): string {
  const second = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
  return `${target}-${second}Z-${token.slice(0, 6)}`
}

/** Whether a text could be such an id: it becomes a part of a path. */
export function isKeptWritesId(text: string): boolean {
  return /^[A-Za-z0-9_-]+-\d{8}T\d{6}Z-[a-z0-9]+$/.test(text)
}

/** What kept writes lack where their server ran without its set in between: the states that later writes were laid on. */
export const lackOfStandalone = 'what was written while the server ran without its replica set'

/** The name of the file of an id. */
export function keptWritesFile(id: string, encrypted: boolean): string {
  return `${id}.writes.gz${encrypted ? '.age' : ''}`
}
