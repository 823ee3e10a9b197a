import type { Target } from '../domain/target.js'
import type { Namespace } from './documents.js'
import type { Space } from './premises.js'

/** Something that a server is working on now. Names of fields, and no value of any document. */
export interface RunningOperation {
  readonly opid: number
  /** Address and port of whoever asked; absent for what the server does by itself. */
  readonly client?: string
  /** Number of its connection. */
  readonly connection?: number
  /** Name that the client's program gives itself. */
  readonly application?: string
  /** `database.collection`; empty where it concerns none. */
  readonly namespace: string
  /** `find`, `aggregate`, `update` … */
  readonly command: string
  /** Since when, RFC 3339 UTC by the server's clock. */
  readonly startedAt: string
  readonly seconds: number
  readonly waitsForLock: boolean
  /** Whether it holds, or waits for, a lock that keeps others from writing. */
  readonly exclusive: boolean
  /** Whether it may change data, as far as its command tells. */
  readonly writes: boolean
}

/** Queries of one kind that took long, as the server's own log tells. */
export interface SlowQuery {
  readonly namespace: string
  /** Fields that were compared, in order. */
  readonly fields: readonly string[]
  /** Whether each document of the collection was read, for want of an index. */
  readonly scansAll: boolean
  readonly times: number
  /** Of the slowest. */
  readonly milliseconds: number
  /** Documents read for those returned, of the slowest. */
  readonly examined: number
  readonly returned: number
  /** When the last one ended, RFC 3339 UTC. */
  readonly last: string
}

/** Who blocked writes (`fsyncLock`), as the server's log tells; the last of them, where several did. */
export interface LockTaker {
  readonly connection: number
  /** RFC 3339 UTC. */
  readonly at: string
  /** Whether that connection is still open, or that of anybody else who did. */
  readonly open: boolean
}

/** Documents of a collection that are equal in some fields. */
export interface Duplicates {
  /** Combinations of values that more than one document has. */
  readonly groups: number
  /** Documents beyond the first of each. */
  readonly surplus: number
}

/** What a search may take. */
export interface SearchBound {
  readonly milliseconds: number
  /** Whether what does not go into memory (100 MB a search) may be written to the disk of the server meanwhile. */
  readonly disk: boolean
}

/** Documents that have the same values in some fields, read one by one. */
export interface SharedKey extends Duplicates {
  /** Of the surplus those that hold anything else than the one that would be kept, beyond their `_id`. */
  readonly differing: number
  /** Some of the largest groups: the smallest and the largest `_id` of each, documents of nothing but an `_id`. */
  readonly largest: readonly {
    readonly documents: number
    readonly first: Uint8Array
    readonly last: Uint8Array
  }[]
  /** Whether a document was seen among the surplus, as it is in every byte. */
  readonly wasSeen: (document: Uint8Array) => boolean
  /** Whether a document was seen as one that would be kept, as it is in every byte. */
  readonly wasKept: (document: Uint8Array) => boolean
}

/** What became of documents that were there more than once. */
export interface RemovedDuplicates {
  readonly removed: number
  readonly groups: number
}

/** What a server says of what it is doing. Throws what asking a server throws. Close it. */
export interface OperationsSession {
  /** Without those of this session. Needs the role `clusterMonitor`, or one that holds it. */
  running(): Promise<readonly RunningOperation[]>
  /** Of those that ended within so many seconds. Needs the role `clusterMonitor`. */
  slowQueries(seconds: number): Promise<readonly SlowQuery[]>
  /** Nothing where writes are not blocked, or the log does not reach back that far. */
  lockTaker(): Promise<LockTaker | undefined>
  /** The file system of the data files; nothing where the server does not tell. */
  space(): Promise<Space | undefined>
  /** Bytes that its cache may grow to; nothing where this user may not ask. */
  cacheBytes(): Promise<number | undefined>
  /** Whether a collection (no view) holds a document with that field, and no index begins with it. */
  wantsIndex(namespace: Namespace, field: string): Promise<boolean>
  /**
   * Counts documents that are equal in these fields, of those that have a value in each of them; without fields those that are equal in
   * everything but `_id`. Nothing where that takes more memory than a server gives to one search, and its disk must not be used. Throws
   * where it takes longer than allowed.
   */
  duplicates(
    namespace: Namespace,
    fields: readonly string[],
    bound: SearchBound,
  ): Promise<Duplicates | undefined>
  /** Bytes of the documents of a collection, as the catalog has them, uncompressed. */
  documentBytes(namespace: Namespace): Promise<number>
  /**
   * Keeps of documents that are equal in everything but their `_id` the one with the smallest `_id`, and removes the others, as long as they are still equal to it.
   * Waits until a majority has it in its journal. Throws the signal's reason between two of them.
   */
  removeDuplicates(
    namespace: Namespace,
    watch: { readonly signal: AbortSignal; readonly removed: (count: number) => void },
  ): Promise<RemovedDuplicates>
  /**
   * Looks at documents that have the same values in these fields (at least one), as `duplicates` counts them. Keeps eight bytes of each. Nothing and throws as
   * there, `DUPLICATES_TOO_MANY` (refused) where so many have one key that it is none, and the signal's reason.
   */
  sharedKey(
    namespace: Namespace,
    fields: readonly string[],
    bound: SearchBound & { readonly signal: AbortSignal },
  ): Promise<SharedKey | undefined>
  /**
   * Keeps of documents that have the same values in these fields the one with the smallest `_id`, and removes of the others those that were seen, while they, and
   * the one that is kept, are as they were seen in every byte. Where that one is gone, or another, by the time they are removed, they are put back. Those
   * of more than 7 MiB stay. Waits until a majority has it in its journal. Throws the signal's reason between two commands.
   */
  removeSharedKey(
    namespace: Namespace,
    fields: readonly string[],
    seen: Pick<SharedKey, 'wasSeen' | 'wasKept'>,
    watch: SearchBound & {
      readonly signal: AbortSignal
      readonly removed: (count: number) => void
    },
  ): Promise<RemovedDuplicates>
  /** Builds `FIELD_1` beside the work of others; says whether it was this that built it, and not somebody else before. */
  buildIndex(namespace: Namespace, field: string): Promise<boolean>
  /** Drops `FIELD_1` as `buildIndex` builds it; one that is not there, or is defined in any other way, stays as it is. */
  dropIndex(namespace: Namespace, field: string): Promise<void>
  /** Ends an operation at its next pause. */
  kill(opid: number): Promise<void>
  close(): Promise<void>
}

/** Reaches a target's server, as `Mongo` does. */
export interface Operations {
  connect(target: Target, signal?: AbortSignal): Promise<OperationsSession>
}
