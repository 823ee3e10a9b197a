/** A collection by its names. */
export interface Namespace {
  readonly database: string
  readonly collection: string
}

/** How a collection, view or time-series is made: raw BSON, with the types of the server. */
export interface Definition {
  readonly type: 'collection' | 'view' | 'timeseries'
  /** Tells it from one of the same name that was made later; absent for a view. */
  readonly uuid?: string
  /** As `listCollections` has them. */
  readonly options: Uint8Array
  /** As `listIndexes` has them, without the one that every collection has. */
  readonly indexes: readonly { readonly name: string; readonly definition: Uint8Array }[]
}

/** A document that a server did not take. */
export interface RefusedDocument {
  /** Its place among those that were handed in. */
  readonly at: number
  /** One of its `_id` is there; another one has the same in a unique index; a rule of the collection; it cannot be sent as it is. */
  readonly because: 'same id' | 'unique index' | 'validator' | 'inexact' | 'refused'
  /** Of the unique index. */
  readonly index?: string
  /** By which the server refuses it for another reason. */
  readonly code?: number
}

/** A document that is to become another: absent before, it is made; absent after, it goes. */
export interface DocumentChange {
  readonly namespace: Namespace
  /** A document of nothing but its `_id`. */
  readonly id: Uint8Array
  readonly before?: Uint8Array
  readonly after?: Uint8Array
}

/** Why documents were not changed. */
export type ChangeRefused = 'changed meanwhile' | RefusedDocument['because']

/** What a query matches. */
export interface Matching {
  readonly count: number
  /** Some of them: documents of nothing but an `_id`. */
  readonly ids: readonly Uint8Array[]
}

/**
 * Documents of a server one by one, byte for byte. Whatever writes waits until a majority has it in its journal. Throws
 * `MONGO_UNAUTHORIZED` and the like (environment), `WRITE_REFUSED` (failed) where the server gives another reason.
 */
export interface Documents {
  /** Every document of a collection, in the order in which they lie; read on only as fast as it is read. */
  all(namespace: Namespace, signal: AbortSignal): AsyncIterable<Uint8Array>
  /** Those of these ids (documents of nothing but an `_id`), in no order; what is not there is left out. */
  byId(namespace: Namespace, ids: readonly Uint8Array[]): AsyncIterable<Uint8Array>
  /**
   * What a query (a BSON document) matches, with at most so many ids; nothing in a collection that is not there. Throws `QUERY_REFUSED`
   * (usage) where the server does not take it.
   */
  matching(namespace: Namespace, query: Uint8Array, most: number): Promise<Matching>
  /** Puts in what is not there, in this order; tells what was refused, and never replaces anything. */
  insert(
    namespace: Namespace,
    documents: readonly Uint8Array[],
  ): Promise<readonly RefusedDocument[]>
  /** Removes those that are in every byte still what is handed in; gives how many were removed. */
  removeSame(namespace: Namespace, documents: readonly Uint8Array[]): Promise<number>
  /**
   * Changes documents, all or none (a transaction): each only as long as it is in every byte what it is to be before. Tells why
   * none was. Throws `WRITE_REFUSED` (failed) where others write the same ones without end.
   */
  change(changes: readonly DocumentChange[]): Promise<ChangeRefused | undefined>
  /** Nothing where there is no such collection or view. */
  definition(namespace: Namespace): Promise<Definition | undefined>
  /** Makes a collection without indexes. Throws `COLLECTION_EXISTS` (refused). */
  make(namespace: Namespace, options: Uint8Array): Promise<void>
  /** Builds an index; false where what the collection holds forbids it, or one of that name is another. */
  buildIndex(namespace: Namespace, definition: Uint8Array): Promise<boolean>
  dropIndex(namespace: Namespace, name: string): Promise<void>
  /** Whether nothing is in it. */
  isEmpty(namespace: Namespace): Promise<boolean>
  /** Moves documents to another collection of the same server, over those of their `_id` there. */
  setAside(from: Namespace, ids: readonly Uint8Array[], to: Namespace): Promise<void>
  /**
   * Carries out operations of an oplog (raw, `op`, `ns`, `o`, `o2`; commands alone) one after the other, up to the first that the driver
   * would send in other bytes: answers how many. Needs the right to `applyOps`. `durable`: a majority has them in its journal when it
   * answers. Throws `OPLOG_REFUSED` (failed) where the server does not take one; those before it are carried out.
   */
  apply(operations: readonly Uint8Array[], how?: { readonly durable: boolean }): Promise<number>
}
