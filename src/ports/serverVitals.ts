import type { IndexDefinition } from '../domain/contents.js'

/** What a server's memory and connections are up to. */
export interface ServerPressure {
  /** Client connections that are open, and how many more it takes. */
  readonly connections: { readonly current: number; readonly available: number }
  /** WiredTiger's cache, in bytes; absent with another storage engine. */
  readonly cache?: {
    readonly maximumBytes: number
    readonly usedBytes: number
    readonly dirtyBytes: number
  }
}

/** An operation of a client that runs long; nothing of what it reads or writes. */
export interface LongOperation {
  /** By which it can be ended. */
  readonly id: string
  /** `query`, `update`, `getmore`, `command` … */
  readonly kind: string
  readonly namespace: string
  readonly seconds: number
}

/** A member of a replica set. */
export interface SetMember {
  readonly name: string
  /** `PRIMARY`, `SECONDARY`, `RECOVERING`, `(not reachable/healthy)` … */
  readonly state: string
  readonly reachable: boolean
  /** Seconds that it is to stay behind; absent where that is none, or this user may not ask. */
  readonly delaySeconds?: number
  /** Time of its newest write, RFC 3339 UTC; absent where it has none. */
  readonly writtenAt?: string
}

/** What a server showed who it is by. */
export interface ServerCertificate {
  readonly subject: string
  /** RFC 3339 UTC. */
  readonly validTo: string
}

/**
 * How a server is, asked cheaply: no collection is read. Throws `MONGO_UNAUTHORIZED` (environment) where this user may not ask,
 * and what asking a server throws.
 */
export interface ServerVitals {
  pressure(): Promise<ServerPressure>
  /** Operations of clients that run for longer than so many seconds, ops' own and waiting ones left out; the longest first. */
  longOperations(seconds: number): Promise<readonly LongOperation[]>
  /** Absent on a standalone. */
  members(): Promise<readonly SetMember[] | undefined>
  /** Indexes of a collection; none where it is not there, or is a view. */
  indexes(database: string, collection: string): Promise<readonly IndexDefinition[]>
  /** Absent where it is not spoken to over TLS. */
  certificate(): Promise<ServerCertificate | undefined>
}
