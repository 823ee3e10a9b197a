import type { Stack } from '../domain/target.js'

/** A service as the compose files describe it, variables filled in. */
export interface ComposeService {
  readonly name: string
  readonly image?: string
  readonly containerName?: string
  /** Holds secrets: read single variables from it, print none. */
  readonly environment: Readonly<Record<string, string>>
  readonly restart?: string
  readonly profiles: readonly string[]
  /** Services that must be up (or done) before this one, to the condition that compose waits for. */
  readonly dependsOn: Readonly<Record<string, string>>
  /** What is run instead of the image's own command; absent where the image decides. */
  readonly command?: readonly string[]
  /** What is run instead of the image's own entry point; absent where the image decides. */
  readonly entrypoint?: readonly string[]
  readonly ports: readonly {
    readonly container: number
    /** Absent where the engine picks one. */
    readonly published?: string
    readonly host?: string
  }[]
  /** Whether it shares the machine's network (`network_mode: host`): then it publishes nothing, and listens there itself. */
  readonly hostNetwork?: boolean
  /** Names of the volumes it mounts, as the file calls them. */
  readonly volumes: readonly string[]
  /** Everything it mounts: `volume`, `bind`, `tmpfs`; the source is a volume's name or an absolute path of this machine. */
  readonly mounts?: readonly {
    readonly type: string
    readonly source?: string
    readonly destination: string
    readonly readOnly?: boolean
  }[]
  /** Folder that its image is built from, absolute; absent where it is only pulled. */
  readonly buildContext?: string
  /** Secrets it is given: their names in the project, and where they are put (default: /run/secrets/NAME). */
  readonly secrets?: readonly { readonly name: string; readonly destination?: string }[]
  readonly healthcheck: boolean
  /** The memory that it may use; absent where the files set no limit. */
  readonly memory?: DeclaredMemory
}

/** A limit of memory as compose files set it. */
export interface DeclaredMemory {
  readonly bytes: number
  /** With swap; absent where the files do not say, or let it swap without bound. */
  readonly swapBytes?: number
  /** The keys that say so: they must not contradict each other. */
  readonly keys: readonly ('mem_limit' | 'deploy')[]
}

/** A volume as the compose files describe it. */
export interface ComposeVolume {
  /** As the file calls it. */
  readonly key: string
  /** As the engine calls it. */
  readonly name: string
  /** Made and kept by somebody else: `down` never removes it. */
  readonly external: boolean
  /** Folder or device of this machine that it is laid over (`driver_opts.device`); absent where the engine keeps it. */
  readonly device?: string
}

/** The compose project as its files describe it. */
export interface ComposeProject {
  readonly name: string
  /** Those of every profile. */
  readonly services: Readonly<Record<string, ComposeService>>
  readonly volumes: readonly ComposeVolume[]
  /** Networks that somebody else makes and keeps, by their names on the engine. */
  readonly externalNetworks?: readonly string[]
  /** Files of this machine that services are given as `configs`, absolute. */
  readonly configFiles?: readonly string[]
  /** Where the project's secrets come from: a file of this machine (absolute), or a variable of the environment. */
  readonly secrets?: Readonly<
    Record<string, { readonly file?: string; readonly environment?: string }>
  >
}

/** How lifecycle calls tell what is going on: a line as compose prints it. */
export type Say = (line: string) => void

/** Which lines of logs. */
export interface LogOptions {
  readonly follow: boolean
  /** Seconds (`600s`) or RFC 3339. */
  readonly since?: string
  /** The last so many of each service. */
  readonly tail?: number
  readonly timed?: boolean
}

/** `docker compose`. Throws `COMPOSE_MISSING` (environment) without it, `COMPOSE_FAILED` (failed) with its own words. */
export interface Compose {
  version(): Promise<string>
  /** Ends its process, and throws the signal's reason, once that is aborted. */
  project(stack: Stack, signal?: AbortSignal): Promise<ComposeProject>
  /** What a container of this service would be made from by now, as the number that `ContainerFacts.configHash` is of the one that is there. */
  configHash(stack: Stack, service: string, signal?: AbortSignal): Promise<string>
  /**
   * Starts services, what they depend on, and waits until they are healthy. Where none is named: all of them but the
   * stack's job and those of a profile. The job is never started by this, not even as a dependency: it writes.
   */
  up(
    stack: Stack,
    services: readonly string[],
    options: { readonly timeoutSeconds: number },
    say: Say,
    signal: AbortSignal,
  ): Promise<void>
  /**
   * Makes the container of exactly this service, nothing it depends on, starts it, and waits until it is healthy. One that
   * is there is left as it is, whatever has changed in the files since; with `anew` it is made again.
   */
  make(
    stack: Stack,
    service: string,
    options: { readonly timeoutSeconds: number; readonly anew: boolean },
    say: Say,
    signal: AbortSignal,
  ): Promise<void>
  down(
    stack: Stack,
    options: { readonly volumes: boolean },
    say: Say,
    signal: AbortSignal,
  ): Promise<void>
  /** Stops services, one-off containers of them included. */
  stop(stack: Stack, services: readonly string[], say: Say, signal: AbortSignal): Promise<void>
  start(stack: Stack, services: readonly string[], say: Say, signal: AbortSignal): Promise<void>
  restart(stack: Stack, services: readonly string[], say: Say, signal: AbortSignal): Promise<void>
  /**
   * Runs a service once in the foreground, in a container of its own that stays until the next run, without starting
   * anything else; each line of its output goes to `say`. Resolves to its exit code.
   */
  run(
    stack: Stack,
    service: string,
    environment: Readonly<Record<string, string>>,
    say: Say,
    signal: AbortSignal,
  ): Promise<number>
  /**
   * Log lines of services, in order. Ends when the log does, or at the signal with `follow`. `timed`: with the time before each line,
   * one service after the other.
   */
  logs(
    stack: Stack,
    services: readonly string[],
    options: LogOptions,
    say: Say,
    signal: AbortSignal,
  ): Promise<void>
  /**
   * The last lines that a container of any kind (a one-off one too, running or not) has logged; `timed` with the time before each. Throws
   * `CONTAINER_NOT_FOUND` (not-found), and the signal's reason.
   */
  lastLines(
    container: string,
    count: number,
    options?: { readonly timed?: boolean; readonly signal?: AbortSignal },
  ): Promise<readonly string[]>
}
