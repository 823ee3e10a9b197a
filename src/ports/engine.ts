/** State of a container as the engine reports it. */
export type ContainerState =
  'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead'

/** What ops needs to know of one container. */
export interface ContainerFacts {
  readonly id: string
  readonly name: string
  readonly image: string
  readonly imageId: string
  readonly state: ContainerState
  /** Health as its healthcheck says; absent where it has none. */
  readonly health?: 'starting' | 'healthy' | 'unhealthy'
  readonly exitCode: number
  readonly oomKilled: boolean
  readonly restarts: number
  /** RFC 3339 UTC; absent if it never started. */
  readonly startedAt?: string
  readonly finishedAt?: string
  /** Compose project and service, from the labels compose sets. */
  readonly project?: string
  readonly service?: string
  /** What compose made it from, as one number: its configuration, variables filled in. Absent where compose did not make it. */
  readonly configHash?: string
  /** Made by `compose run`: it ran once, and is nobody's service. */
  readonly oneOff?: boolean
  /** Command and arguments as configured. */
  readonly command: readonly string[]
  /** Environment as configured. Holds secrets: read single variables from it, print none. */
  readonly environment: Readonly<Record<string, string>>
  /** Whether it shares the network of the machine that the engine runs on: then it publishes nothing, and listens there itself. */
  readonly hostNetwork?: boolean
  /** Container port (`27017/tcp`) to where it is published. */
  readonly ports: Readonly<
    Record<string, readonly { readonly host: string; readonly port: number }[]>
  >
  /** Addresses inside the engine's networks, by network. */
  readonly addresses: Readonly<Record<string, string>>
  readonly mounts: readonly {
    readonly type: string
    readonly source: string
    readonly destination: string
  }[]
  /** Bytes; 0 means unlimited. */
  readonly memoryLimit: number
  /** Networks that it is in, running or not, to the names that it goes by there. Absent where it shares another's, or the machine's own. */
  readonly networks?: Readonly<Record<string, readonly string[]>>
  /** Where the engine keeps what it logs. */
  readonly log?: ContainerLog
  /** Why the engine could not start it, in its words; absent where it could. */
  readonly error?: string
}

/** How the engine keeps a container's log. */
export interface ContainerLog {
  /** `json-file`, `local`, `journald` … */
  readonly driver: string
  /** Those of the container and of the engine's own configuration, as one: `max-size`, `max-file`. */
  readonly options: Readonly<Record<string, string>>
  /** Its file, absolute, on the machine of the engine; absent where it is none, or was never written. */
  readonly path?: string
}

/** What ops needs to know of the engine. */
export interface EngineFacts {
  readonly version: string
  readonly apiVersion: string
  readonly operatingSystem: string
  /** Whether the engine runs on this machine (a unix socket), so that bind mounts and container addresses work. */
  readonly local: boolean
  readonly endpoint: string
  /** Whether what is said to it is encrypted on the way (TLS, ssh); absent where it never leaves this machine by a network. */
  readonly encrypted?: boolean
}

/** One sample of a container's use of the machine. */
export interface ContainerUse {
  readonly name: string
  readonly cpuPercent: number
  readonly memoryBytes: number
  readonly memoryLimitBytes: number
  readonly networkInBytes: number
  readonly networkOutBytes: number
  readonly blockReadBytes: number
  readonly blockWriteBytes: number
  readonly processes: number
}

/** What a container's meters stand at. */
export interface ContainerMeters {
  readonly name: string
  readonly id: string
  /** RFC 3339 UTC, as the engine read them. */
  readonly at: string
  /** Processor time since the container started. */
  readonly cpuNanoseconds: number
  readonly memoryBytes: number
  /** 0: no limit. */
  readonly memoryLimitBytes: number
}

/** The Docker engine. Everything throws `ENGINE_UNREACHABLE` (environment) where the engine does not answer. */
export interface Engine {
  facts(): Promise<EngineFacts>
  /** Containers, running or not; of one compose project where it is given. */
  containers(project?: string): Promise<readonly ContainerFacts[]>
  /** The container of that name, or nothing. */
  container(name: string): Promise<ContainerFacts | undefined>
  /** One sample each; containers that are not running are left out. */
  use(names: readonly string[]): Promise<readonly ContainerUse[]>
  /** The meters of each, read once: no second reading is waited for. Containers that are not running are left out. */
  meters(names: readonly string[]): Promise<readonly ContainerMeters[]>
  /** Whether the engine has a volume of that name. */
  hasVolume(name: string): Promise<boolean>
  /** Image with that name or id on this engine, or nothing. */
  image(name: string): Promise<
    | {
        readonly id: string
        readonly bytes: number
        /** By which registries know it; absent for one that was built here. */
        readonly digests?: readonly string[]
      }
    | undefined
  >
}
