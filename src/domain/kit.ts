import type { IndexDefinition } from './contents.js'

/** What lies beside a backup so that a bare host can be built from it; named in its manifest. */
export interface KitFile {
  /** Name, beside the manifest: a tar. */
  readonly file: string
  readonly bytes: number
  readonly sha256: string
  /** Names of the files in it. */
  readonly holds: readonly string[]
  /** What is not in it, each with why. */
  readonly leftOut: readonly string[]
  /** Ids of the images that are kept with the backups; absent where none are. */
  readonly images?: readonly string[]
}

/** A user of the server: what he may do, and nothing that he signs in with. */
export interface KitUser {
  readonly user: string
  readonly database: string
  /** `role@database`. */
  readonly roles: readonly string[]
}

/** An image that a service runs. */
export interface KitImage {
  readonly service: string
  readonly name: string
  /** Id on the engine, and digests by which a registry knows it; absent where the engine does not have it. */
  readonly id?: string
  readonly digests?: readonly string[]
}

/** `kit.json`: everything a bare host needs besides secrets. */
export interface Kit {
  readonly schema: 1
  readonly backup: string
  readonly target: string
  readonly takenAt: string
  readonly versions: {
    readonly ops: string
    readonly server: string
    readonly tools: string
    readonly engine?: string
    readonly compose?: string
  }
  readonly project?: string
  /** Compose files in the order in which they are given, from the folder of the stack. */
  readonly composeFiles: readonly string[]
  readonly images: readonly KitImage[]
  readonly volumes: readonly {
    readonly key: string
    readonly name: string
    readonly external: boolean
  }[]
  /** Files and folders of the old host that services see. */
  readonly binds: readonly {
    readonly service: string
    readonly source: string
    readonly destination: string
  }[]
  /** Names of the variables that compose files and ops.yaml ask for. */
  readonly variables: readonly string[]
  /** Values of those of them that `.env` held and that are no secrets. Absent in kits of earlier versions. */
  readonly settings?: Readonly<Record<string, string>>
  /** Where `ops.yaml` lay, from the folder of the stack; absent where it lay elsewhere: then beside the compose file. */
  readonly configuration?: string
  /** The replica set of the server, with the hosts of its members. */
  readonly replicaSet?: { readonly name: string; readonly members: readonly string[] }
  /** Where each secret came from, never what it is. */
  readonly secrets: readonly string[]
  /** Namespace to its indexes and to how it was created. */
  readonly collections: Readonly<
    Record<
      string,
      {
        readonly indexes: readonly IndexDefinition[]
        readonly options: Readonly<Record<string, unknown>>
      }
    >
  >
  /** Absent where the user of the target may not see them. */
  readonly users?: readonly KitUser[]
  readonly commit?: { readonly id: string; readonly changed: boolean }
  readonly leftOut: readonly string[]
}
