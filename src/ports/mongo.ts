import type { Catalogue } from '../domain/catalogue.js'
import type { IndexDefinition, NamespaceType, Optime } from '../domain/contents.js'
import type { LateSeries } from '../domain/lateDefinitions.js'
import type { Target } from '../domain/target.js'
import type { StandingLock, WriteLockRecord } from '../domain/writeLock.js'
import type { StoredData } from './data.js'
import type { Documents } from './documents.js'
import type { Oplog } from './oplog.js'
import type { ServerVitals } from './serverVitals.js'

/** What the server says of itself. */
export interface ServerFacts {
  readonly version: string
  /** Name of its replica set; absent on a standalone. */
  readonly replicaSet?: string
  readonly primary: boolean
  readonly host: string
  /** Milliseconds since it started; absent where this user may not ask (`serverStatus`). */
  readonly uptime?: number
  /** Client connections open now, ours included; absent where this user may not ask. */
  readonly connections?: number
  /** Its own clock when it was asked, RFC 3339 UTC; absent where it does not say. */
  readonly localTime?: string
}

/** A live namespace. */
export interface LiveNamespace {
  readonly database: string
  readonly collection: string
  readonly type: NamespaceType
  /** Documents; buckets for a time-series; 0 for views, which hold nothing. */
  readonly documents: number
  readonly indexes: readonly IndexDefinition[]
  /** How it was created, as an archive has it: numbers plain, everything else Extended JSON. */
  readonly options?: Readonly<Record<string, unknown>>
}

/** How far a member of a replica set is with its own writes. */
export interface ReplicationTimes {
  /** Its newest write. */
  readonly applied: Optime
  /** Up to here they are in the journal. A server that finds itself killed forgets what came later. */
  readonly journaled: Optime
}

/** Sizes of a database, in bytes: from dbStats, or from its collections' own where this user may not ask; 0 where nothing is told. */
export interface DatabaseSize {
  readonly database: string
  readonly dataBytes: number
  /** On the disk, indexes included. */
  readonly storageBytes: number
  readonly documents: number
  readonly collections: number
}

/** How a server keeps its data. */
export interface StorageFacts {
  /** `wiredTiger`, `inMemory` … */
  readonly engine: string
  /** Whether what it holds outlives its process. */
  readonly persistent: boolean
  /** Whether its files are encrypted by the server itself (`security.enableEncryption`). */
  readonly encrypted: boolean
  /** Whether clients have to sign in; absent where that is not told. */
  readonly authorization?: boolean
  /** Whether it was given a key file already. */
  readonly keyFile?: boolean
  /** Folder of its data files, where the server runs. */
  readonly dbPath: string
  readonly directoryPerDatabase: boolean
  readonly directoryForIndexes: boolean
  readonly featureCompatibilityVersion: string
  readonly arbiter: boolean
  /** Host names of the members of its replica set, as configured; empty on a standalone. */
  readonly members: readonly string[]
}

/** An open connection to a target's server. Close it. */
export interface MongoSession {
  readonly oplog: Oplog
  /** Its documents one by one. */
  readonly stored: Documents
  /** What it holds, counted. */
  readonly data: StoredData
  /** How the server is. */
  readonly vitals: ServerVitals
  server(): Promise<ServerFacts>
  /**
   * Databases that are the operator's own: without admin, config and local. All of them: throws `MONGO_UNAUTHORIZED`
   * (environment) for a user who sees only some, unless those the target names are among them.
   */
  databases(): Promise<readonly string[]>
  sizes(databases: readonly string[]): Promise<readonly DatabaseSize[]>
  /** Every collection and view of these databases, system ones left out; counted one by one, or as the catalog has it. */
  namespaces(
    databases: readonly string[],
    count: 'exactly' | 'roughly',
  ): Promise<readonly LiveNamespace[]>
  /** Buckets of time-series that are not there, as a replay that was cut off leaves them: `namespaces` names none, no dump holds one. */
  strayBuckets(
    databases: readonly string[],
  ): Promise<readonly Pick<LiveNamespace, 'database' | 'collection' | 'documents'>[]>
  /** MD5 over every document of a database, as the server computes it (`dbHash`), and of each collection. */
  hash(
    database: string,
  ): Promise<{ readonly md5: string; readonly collections: Readonly<Record<string, string>> }>
  /** Drops a collection or view; of `system.js`, which cannot be dropped, removes every document. */
  dropCollection(database: string, collection: string): Promise<void>
  /** Removes every document; for `system.js`, which cannot be dropped. Asks for no right to do so where there is none. */
  emptyCollection(database: string, collection: string): Promise<void>
  /**
   * Makes a view, or makes it anew, from its document of `system.views` (raw BSON); without one, drops it. Buckets that
   * are there become the time-series they are of; a time-series that is there is left as it is.
   */
  putView(database: string, view: string, definition?: Uint8Array): Promise<void>
  /**
   * Builds indexes of one collection, all in one reading of it, from their definitions as an archive has them (canonical
   * Extended JSON); waits for a majority. Indexes get the version that the server gives new ones.
   */
  buildIndexes(
    database: string,
    collection: string,
    definitions: readonly Readonly<Record<string, unknown>>[],
  ): Promise<void>
  /** Finishes a time-series whose buckets were replayed. */
  putSeries(late: LateSeries): Promise<void>
  /** What the server defines in these databases. */
  catalogue(databases: readonly string[]): Promise<Catalogue>
  dropDatabase(database: string): Promise<void>
  /** Whether this user may do what a backup needs, what a restore needs, and what the replay of an oplog needs. */
  privileges(databases: readonly string[]): Promise<{
    readonly authenticated: boolean
    readonly missingForBackup: readonly string[]
    readonly missingForRestore: readonly string[]
    /** What replaying an oplog takes, beyond a restore. */
    readonly missingForReplay: readonly string[]
    /** Whether he may initiate a replica set. */
    readonly mayInitiate: boolean
    /** Whether he may do everything, or give himself the right to: `root` and what is like it. */
    readonly mayDoEverything: boolean
  }>
  /**
   * Documents by their `_id` (each a BSON document of nothing else), byte for byte as the server has them, in no order;
   * what is not there is left out.
   */
  documents(
    database: string,
    collection: string,
    ids: readonly Uint8Array[],
  ): AsyncIterable<Uint8Array>
  /**
   * What the server's own `validate` finds wrong with a collection and its indexes; nothing where it is whole. Nobody else
   * can read or write the collection meanwhile, unless it is done `beside`: then as of the last checkpoint.
   */
  validate(
    database: string,
    collection: string,
    how?: { readonly beside: boolean },
  ): Promise<readonly string[]>
  /** Every user of the server and his roles, nothing that he signs in with. Throws `MONGO_UNAUTHORIZED` (environment). */
  users(): Promise<
    readonly {
      readonly user: string
      readonly database: string
      /** `role@database`. */
      readonly roles: readonly string[]
    }[]
  >
  /** Newest entry of the oplog; absent without one. */
  lastOptime(): Promise<Optime | undefined>
  /** Whether this very entry is in the oplog; absent where this user may not look. */
  hasOplogEntry(at: Optime): Promise<boolean | undefined>
  /** Absent on a standalone. Needs the role `clusterMonitor`, or one that holds it. */
  replicationTimes(): Promise<ReplicationTimes | undefined>
  /**
   * Counts the documents (buckets of a time-series) one by one, as they are, or as they were at an optime of the last
   * minutes; absent where the server does not know that any more. Views are not counted.
   */
  countDocuments(namespace: LiveNamespace, at?: Optime): Promise<number | undefined>
  /**
   * Makes a replica set of one out of a server that was started for it and has none yet; false where there is nothing to do: it
   * has one, or is a standalone. `host` is the name and port that the member goes by: its own choice where none is given.
   */
  initiate(set: string, host: string | undefined): Promise<boolean>
  /** How many members its replica set is configured to have, hidden ones too; absent on a standalone, and where this user may not ask. */
  members(): Promise<number | undefined>
  /**
   * Resolves when everything that was written so far, by whomever, is in the journals of a majority. Takes a collection
   * that is there, and the right to make an index on it; changes nothing.
   */
  durable(database: string, collection: string): Promise<void>
  /**
   * Writes a note into the oplog, which changes no data, and waits until a majority has it in its journal, at most so many
   * milliseconds: throws `WRITE_NOT_CONFIRMED` (timed-out) then. False where that cannot be: on a standalone, and for a user
   * without the right (`appendOplogNote`, of `clusterManager`).
   */
  writeNote(text: string, patience: number): Promise<boolean>
  /** How many operations it was told to apply since it started (`applyOps`); absent where this user may not ask. */
  appliedOperations(): Promise<number | undefined>
  /** What tells the server's process from the one after a restart; absent where it does not say so. */
  processId(): Promise<string | undefined>
  /** Needs the role `clusterMonitor`, or one that holds it. */
  storage(): Promise<StorageFacts>
  /** Flushes everything and blocks nothing, which needs `hostManager`: a lock right after it has little left to flush. */
  flush(): Promise<void>
  /**
   * Flushes everything and blocks writes (`fsyncLock`), which needs `hostManager`. The lock outlives the connection. How many
   * block them now, this one included; absent where the server does not say.
   */
  lockWrites(): Promise<number | undefined>
  /** Takes one lock back. False where the server held none: it was restarted, or somebody else released it. */
  unlockWrites(): Promise<boolean>
  /** Whether writes are blocked by a lock, whoever took it. */
  writesLocked(): Promise<boolean>
  /** What tells the lock that this session asks for next from those of others: its process, and the connection. */
  lockMarks(): Promise<Pick<WriteLockRecord, 'process' | 'connection'>>
  /** Whose lock blocks the writes, as far as this user is told; that needs `clusterMonitor`, or what holds it. */
  standingLock(): Promise<StandingLock>
  close(): Promise<void>
}

/** Reaches a target's server. Throws `MONGO_UNREACHABLE`, `CONTAINER_STOPPED` (environment), `MONGO_AUTHENTICATION` (environment). */
export interface Mongo {
  connect(target: Target, signal?: AbortSignal): Promise<MongoSession>
}
