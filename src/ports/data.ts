import type { Namespace } from './documents.js'

/** What one question may cost. */
export interface Bound {
  /** The server ends what takes longer. */
  readonly milliseconds: number
  /** Ends it on the server as well. */
  readonly signal: AbortSignal
  /** False: what does not go into the memory that a server gives to one question (100 MB) is refused, and not written to its disk meanwhile. */
  readonly disk?: boolean
}

/**
 * What documents hold at a path: how many of each kind. A kind is a BSON type as `$type` names it (`missing` and `null` among
 * them), or one of `emptyText`, `blankText` (nothing but space), `emptyList`, `doubleNaN`, `decimalNaN`. Where the path leads through a list, it is a list.
 */
export interface FieldTally {
  readonly path: string
  readonly kinds: Readonly<Record<string, number>>
}

/** Documents that were looked at, and what they hold. */
export interface Tally {
  readonly documents: number
  readonly fields: readonly FieldTally[]
}

/** Documents that have the same key. */
export interface DuplicateGroup {
  readonly documents: number
  /** The smallest and the largest `_id` of them: documents of nothing but an `_id`. */
  readonly first: Uint8Array
  readonly last: Uint8Array
}

/** How often keys occur. Documents whose whole key is missing, null or a list without entries have none. */
export interface Duplicates {
  readonly documents: number
  readonly withoutKey: number
  /** Keys that more than one document has. */
  readonly groups: number
  /** Documents that would have to go, were one of each group to stay. */
  readonly surplus: number
  /** The largest groups. */
  readonly largest: readonly DuplicateGroup[]
}

/**
 * What a server holds, as it counts it itself: values stay there, but for `sample` and `fields`. Texts are compared byte by byte,
 * numbers by value whatever their type. Throws `READ_LIMIT_REACHED` (timed-out), `READ_REFUSED` (failed), `MONGO_UNAUTHORIZED` and
 * the like (environment), the signal's reason.
 */
export interface StoredData {
  /** Counts what is at these paths, in every document or in so many chosen at random. */
  tally(
    namespace: Namespace,
    paths: readonly string[],
    most: number | undefined,
    bound: Bound,
  ): Promise<Tally>
  /** So many documents chosen at random, whole: raw BSON. */
  sample(namespace: Namespace, size: number, bound: Bound): AsyncIterable<Uint8Array>
  /** Every document, reduced to `_id` and these paths: raw BSON. Read on only as fast as it is read. */
  fields(namespace: Namespace, paths: readonly string[], bound: Bound): AsyncIterable<Uint8Array>
  /** Groups documents by the values of these paths; without paths by everything but their `_id`. */
  duplicates(
    namespace: Namespace,
    paths: readonly string[],
    most: number,
    bound: Bound,
  ): Promise<Duplicates>
}
