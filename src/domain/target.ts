import type { FieldType } from './fieldTypes.js'
import type { EngineName } from './manifest.js'
import type { SecretReference } from './secret.js'

/** Where a target's server runs. */
export type Place =
  /** A service of the stack's compose project. */
  | { readonly kind: 'service'; readonly service: string }
  /** A container by its name. */
  | { readonly kind: 'container'; readonly container: string }
  /** A server outside Docker, by connection string (which may hold a password: it is a secret). */
  | { readonly kind: 'server'; readonly uri: SecretReference }

/** How ops signs in. Absent where the server asks for nothing, or the connection string says it all. */
export interface Credentials {
  readonly username: SecretReference
  readonly password: SecretReference
  readonly authSource: string
}

/** How a server in a container is spoken to over TLS. Paths are absolute, of this machine; the files are PEM. */
export interface Tls {
  /** Who must have signed the server's certificate; the authorities of the system where it is left out. */
  readonly ca?: string
  /** Our own certificate with its key, where the server asks for one. */
  readonly certificate?: string
  /** The name that the server's certificate must bear, which leads to the server inside its container. */
  readonly name: string
}

/** Something that writes to the target: stopped before a restore. Only a `service` is started again, never a `job`. */
export interface Writer {
  readonly service: string
  readonly kind: 'service' | 'job'
}

/** What a healthy namespace looks like. */
export interface Expectation {
  readonly documents?: { readonly min?: number; readonly max?: number }
  /** Key patterns: `field` or `field:-1`, comma-separated for compound ones; behind them options: `unique`, `sparse`, `hidden`, `ttl=SECONDS`. */
  readonly indexes?: readonly string[]
  /** Dotted paths that have a value in every document. */
  readonly required?: readonly string[]
  /** Dotted paths to the types that their values may have, where there is one. */
  readonly types?: Readonly<Record<string, readonly FieldType[]>>
  /** Dotted paths, comma-separated for several together, that no two documents have the same values of. */
  readonly unique?: readonly string[]
}

/**
 * Who moves the bytes: a container of our own beside the database's, a process in the database's container, the tools of
 * this machine; or whichever can do it best.
 */
export type EngineChoice = 'auto' | EngineName

/** A database server that ops looks after. */
export interface Target {
  readonly name: string
  readonly place: Place
  /** Databases that are dumped, restored and compared; empty means all but admin, config and local. */
  readonly databases: readonly string[]
  readonly credentials?: Credentials
  /** Only for servers in containers: a connection string says by itself how it is spoken to. */
  readonly tls?: Tls
  readonly writers: readonly Writer[]
  /** Namespace (`database.collection`) to what is expected of it. */
  readonly expectations: Readonly<Record<string, Expectation>>
  readonly engine: EngineChoice
  /** With point-in-time recovery every base is a whole-instance dump with its oplog. */
  readonly pointInTime: boolean
}

/** The compose project around the targets. */
export interface Stack {
  /** Absolute paths of the compose files, in order. */
  readonly composeFiles: readonly string[]
  readonly project?: string
  /** Service that runs the pipeline once and exits. */
  readonly job?: string
  /** Folder that relative paths in the compose files start from. */
  readonly directory: string
}
