import type { OperationKind } from '../../../domain/deletions/operation.js'
import type { Target } from '../../../domain/target.js'
import type { Matching, Namespace } from '../../../ports/documents.js'
import type { Manifest } from '../../../domain/manifest.js'
import type { Compression } from '../../backup/storeStream.js'

/** What is looked for. */
export interface BisectRequest {
  readonly target: Target
  readonly namespace: Namespace
  /** What must match nothing: a query, as BSON. */
  readonly query: Uint8Array
  /** Image of the scratch server; that of the target's own container where it is left out. */
  readonly image?: string
  readonly compression: Compression
  readonly signal: AbortSignal
}

/** What is known before anything is restored. */
export interface BisectFacts {
  readonly request: BisectRequest
  /** Good archives that hold the database, oldest first. */
  readonly backups: readonly Manifest[]
  /** What matches on the live server now. */
  readonly now: Matching
}

/** A state, by the backup that holds it, by an entry of the oplog after which it was so, or both; now, where it is neither. */
export interface SeenState {
  readonly backup?: string
  readonly optime?: string
  /** RFC 3339 UTC. */
  readonly time: string
}

/** The operation that made the query match. */
export interface FoundOperation {
  /** What it did to the collection. */
  readonly kinds: readonly OperationKind[]
  readonly namespace: string
  /** Documents that it wrote. */
  readonly documents: number
  /** Some of those that match right after it: Extended JSON. */
  readonly ids: readonly string[]
  /** As the server noted it down, RFC 3339 UTC; of a transaction, when it was committed. */
  readonly time: string
  /** `seconds:ordinal`. */
  readonly optime: string
  readonly isTransaction: boolean
  /** `user@database`; null where the oplog does not say. */
  readonly by: string | null
}

/** What `ops dr bisect` answers. */
export interface Bisected {
  readonly target: string
  readonly namespace: string
  /** How narrow it is: one operation, a stretch of the oplog, or two states that no slices join. */
  readonly found: 'operation' | 'stretch' | 'states'
  /** The last state that is known to be clean, and the first one that is known not to be. */
  readonly clean: SeenState
  readonly dirty: SeenState
  /** Documents that match in each. */
  readonly matching: { readonly clean: 0; readonly dirty: number }
  readonly operation: FoundOperation | null
  /** Why it is not narrower; null where it is one operation. */
  readonly missing: string | null
  /** What to type to have the collection as it was right before; null where there is no such moment, or no collection. */
  readonly restore: string | null
  /** States that were restored and asked. */
  readonly probes: { readonly backups: number; readonly moments: number }
  readonly seconds: number
}
