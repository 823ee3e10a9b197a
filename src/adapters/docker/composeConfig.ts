import type { ComposeProject, ComposeService } from '../../ports/compose.js'

/** The part of `docker compose config --format json` that ops reads. */
interface RawConfig {
  readonly name: string
  readonly services?: Readonly<Record<string, RawService>>
  readonly volumes?: Readonly<
    Record<
      string,
      {
        readonly name?: string
        readonly external?: boolean
        readonly driver_opts?: Readonly<Record<string, string>> | null
      } | null
    >
  >
  readonly secrets?: Readonly<
    Record<string, { readonly file?: string; readonly environment?: string } | null>
  >
  readonly configs?: Readonly<Record<string, { readonly file?: string } | null>>
  readonly networks?: Readonly<
    Record<string, { readonly name?: string; readonly external?: boolean } | null>
  >
}

interface RawService {
  readonly image?: string
  readonly container_name?: string
  readonly environment?: Readonly<Record<string, string | null>>
  readonly restart?: string
  readonly profiles?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition?: string }>>
  readonly command?: readonly string[] | null
  readonly entrypoint?: readonly string[] | null
  readonly network_mode?: string
  readonly ports?: readonly {
    readonly target: number
    readonly published?: string
    readonly host_ip?: string
  }[]
  readonly volumes?: readonly {
    readonly type: string
    readonly source?: string
    readonly target: string
    readonly read_only?: boolean
  }[]
  readonly build?: { readonly context?: string }
  readonly secrets?: readonly { readonly source: string; readonly target?: string }[]
  readonly healthcheck?: { readonly disable?: boolean }
  readonly mem_limit?: string | number
  readonly memswap_limit?: string | number
  readonly deploy?: {
    readonly resources?: { readonly limits?: { readonly memory?: string | number } | null } | null
  } | null
}

/**
 * What compose says of a project, as the port has it. It doubles every dollar sign, so that its answer could be a compose
 * file again: a password with one in it would be another password. Throws a `SyntaxError` for what is not JSON.
 */
export function readProject(json: string): ComposeProject {
  const raw = JSON.parse(json.replaceAll('$$', () => '$')) as RawConfig
  return {
    name: raw.name,
    services: Object.fromEntries(
      Object.entries(raw.services ?? {}).map(([name, service]) => [
        name,
        readService(name, service),
      ]),
    ),
    volumes: Object.entries(raw.volumes ?? {}).map(([key, volume]) => ({
      key,
      name: volume?.name ?? `${raw.name}_${key}`,
      external: volume?.external === true,
      ...(volume?.driver_opts?.['device'] === undefined
        ? {}
        : { device: volume.driver_opts['device'] }),
    })),
    ...(raw.secrets ? { secrets: readSecrets(raw.secrets) } : {}),
    externalNetworks: Object.entries(raw.networks ?? {}).flatMap(([key, network]) =>
      network?.external === true ? [network.name ?? key] : [],
    ),
    configFiles: Object.values(raw.configs ?? {}).flatMap((config) => config?.file ?? []),
  }
}

function readSecrets(
  raw: NonNullable<RawConfig['secrets']>,
): NonNullable<ComposeProject['secrets']> {
  return Object.fromEntries(
    Object.entries(raw).map(([name, secret]) => [
      name,
      {
        ...(secret?.file === undefined ? {} : { file: secret.file }),
        ...(secret?.environment === undefined ? {} : { environment: secret.environment }),
      },
    ]),
  )
}

function readMounts(
  raw: NonNullable<RawService['volumes']>,
): NonNullable<ComposeService['mounts']> {
  return raw.map(({ type, source, target, read_only: readOnly }) => ({
    type,
    ...(source === undefined ? {} : { source }),
    destination: target,
    ...(readOnly === true ? { readOnly } : {}),
  }))
}

function readService(name: string, raw: RawService): ComposeService {
  const set = Object.entries(raw.environment ?? {}).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  )
  return {
    name,
    ...(raw.image === undefined ? {} : { image: raw.image }),
    ...(raw.container_name === undefined ? {} : { containerName: raw.container_name }),
    environment: Object.fromEntries(set),
    ...(raw.restart === undefined ? {} : { restart: raw.restart }),
    profiles: raw.profiles ?? [],
    dependsOn: Object.fromEntries(
      Object.entries(raw.depends_on ?? {}).map(([other, { condition }]) => [
        other,
        condition ?? 'service_started',
      ]),
    ),
    ...(raw.command ? { command: raw.command } : {}),
    ...(raw.entrypoint ? { entrypoint: raw.entrypoint } : {}),
    ports: (raw.ports ?? []).map(({ target, published, host_ip: host }) => ({
      container: target,
      ...(published === undefined ? {} : { published }),
      ...(host === undefined ? {} : { host }),
    })),
    ...(raw.network_mode === 'host' ? { hostNetwork: true } : {}),
    volumes: (raw.volumes ?? []).flatMap(({ type, source }) =>
      type === 'volume' && source !== undefined ? [source] : [],
    ),
    ...(raw.volumes ? { mounts: readMounts(raw.volumes) } : {}),
    ...(raw.build?.context === undefined ? {} : { buildContext: raw.build.context }),
    ...(raw.secrets
      ? {
          secrets: raw.secrets.map(({ source, target }) => ({
            name: source,
            ...(target === undefined ? {} : { destination: target }),
          })),
        }
      : {}),
    healthcheck: raw.healthcheck !== undefined && raw.healthcheck.disable !== true,
    ...readMemory(raw),
  }
}

/** Compose writes sizes out in bytes. */
function readMemory({
  mem_limit: limit,
  memswap_limit: swap,
  deploy,
}: RawService): Pick<ComposeService, 'memory'> {
  const promised = deploy?.resources?.limits?.memory
  const bytes = Number(limit ?? promised ?? 0)
  if (!(bytes > 0)) return {}
  const swapBytes = Number(swap ?? 0)
  return {
    memory: {
      bytes,
      ...(swapBytes > 0 ? { swapBytes } : {}),
      keys: [
        ...(limit === undefined ? [] : (['mem_limit'] as const)),
        ...(promised === undefined ? [] : (['deploy'] as const)),
      ],
    },
  }
}
