/** A mount as `docker compose config` writes it out. */
export interface DocumentMount {
  readonly type: string
  readonly source?: string
  readonly target: string
  readonly read_only?: boolean
  readonly [key: string]: unknown
}

/** A service as `docker compose config` writes it out: variables filled in, paths absolute, dollar signs doubled. */
export interface DocumentService {
  readonly image?: string
  readonly container_name?: string
  readonly command?: readonly string[] | null
  readonly environment?: Readonly<Record<string, string | null>>
  readonly depends_on?: Readonly<Record<string, { readonly condition?: string }>>
  readonly networks?: Readonly<Record<string, { readonly aliases?: readonly string[] } | null>>
  readonly network_mode?: string
  readonly volumes?: readonly DocumentMount[]
  readonly cap_add?: readonly string[]
  readonly secrets?: readonly { readonly source: string }[]
  readonly configs?: readonly { readonly source: string }[]
  readonly mem_limit?: string | number
  readonly deploy?: {
    readonly resources?: { readonly limits?: { readonly memory?: string | number } }
  }
  readonly [key: string]: unknown
}

/** A volume as `docker compose config` writes it out. */
export interface DocumentVolume {
  readonly name?: string
  readonly driver_opts?: Readonly<Record<string, unknown>>
}

/** What `docker compose config --format json` says: a compose file that needs no other. It holds passwords. */
export interface ComposeDocument {
  readonly name: string
  readonly services: Readonly<Record<string, DocumentService>>
  readonly volumes?: Readonly<Record<string, DocumentVolume | null>>
  readonly secrets?: Readonly<Record<string, unknown>>
  readonly configs?: Readonly<Record<string, unknown>>
  readonly [key: string]: unknown
}
