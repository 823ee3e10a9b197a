/** An optime as BSON timestamps order it: seconds since 1970, then an ordinal within the second. */
export interface Optime {
  readonly seconds: number
  readonly ordinal: number
}

/** What a namespace of an archive is. */
export type NamespaceType = 'collection' | 'view' | 'timeseries'

/** An index as mongodump recorded it in the prelude. */
export interface IndexDefinition {
  readonly name: string
  /** Field to direction or kind ("1", "-1", "text", "2dsphere", "hashed"), in index order. */
  readonly key: Readonly<Record<string, unknown>>
  /** Everything else of the definition (unique, sparse, expireAfterSeconds …). */
  readonly options: Readonly<Record<string, unknown>>
}

/** One namespace of an archive, counted while its bytes passed. */
export interface NamespaceContents {
  readonly database: string
  readonly collection: string
  readonly type: NamespaceType
  readonly documents: number
  /** BSON bytes of its documents. */
  readonly bytes: number
  /**
   * CRC-64/XZ of its documents as the archive states it and as it was computed: 16 hex digits. Empty where files were
   * copied, and not documents.
   */
  readonly crc: string
  readonly indexes: readonly IndexDefinition[]
  /** How it was created: capped, validator, viewOn, pipeline, timeseries … Extended JSON; empty for a plain collection. */
  readonly options?: Readonly<Record<string, unknown>>
  /**
   * The collection its documents stand under, where that is not its own name: `system.buckets.NAME` for a time-series.
   * `documents` and `bytes` are then those of the buckets.
   */
  readonly storedAs?: string
}

/** Writes of the oplog part of an archive to one namespace. */
export interface OplogWrites {
  readonly inserts: number
  readonly updates: number
  readonly deletes: number
  /** Commands on the namespace: create, drop, collMod, createIndexes … */
  readonly commands: number
}

/** Namespaces that an archive's oplog writes documents to, though the archive does not have them: `database.collection`. */
export interface UnlistedNamespaces {
  /** The oplog makes or drops them as well. */
  readonly passing: readonly string[]
  /** It does neither: nobody can replay these writes. */
  readonly missing: readonly string[]
}

/** The oplog that `mongodump --oplog` appends: what happened while the dump ran. */
export interface OplogContents {
  /** Absent when the oplog part is empty. */
  readonly first?: Optime
  readonly last?: Optime
  /** SHA-256 of the last entry, by which a server is asked whether it still has this very one. */
  readonly lastEntry?: string
  readonly entries: number
  readonly bytes: number
  /** Namespace to what was written to it. */
  readonly writes: Readonly<Record<string, OplogWrites>>
  /** Views that it makes, changes or drops (a time-series is one), as `database.view`; absent where there are none. */
  readonly views?: readonly string[]
  /** What it writes to although the archive does not have it; absent where there is nothing of the kind. */
  readonly unlisted?: UnlistedNamespaces
}

/** Everything that reading an archive to its end proves about it. Namespaces are keyed `database.collection`. */
export interface ArchiveContents {
  readonly serverVersion: string
  readonly toolVersion: string
  /** Bytes of the uncompressed archive. */
  readonly rawBytes: number
  readonly namespaces: Readonly<Record<string, NamespaceContents>>
  /** Absent where the archive was taken without `--oplog`. */
  readonly oplog?: OplogContents
}
