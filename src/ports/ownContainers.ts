import type { Writable } from 'node:stream'

/** What a container of ours is for: a tool beside the database, its data files, a server for a trial, or a drill. */
export type OwnPurpose = 'sidecar' | 'datafiles' | 'scratch' | 'drill'

/** How a container of ours sees the network: not at all, as another container does, or alone on the default bridge. */
export type OwnNetwork =
  | { readonly kind: 'none' }
  | { readonly kind: 'container'; readonly id: string }
  | { readonly kind: 'bridge' }

/** A folder of this machine (absolute path) or a volume (its name) inside a container of ours. */
export interface OwnMount {
  readonly source: string
  readonly destination: string
  readonly readOnly: boolean
}

/** A one-shot container. Nothing in here may be a secret: the engine shows it to whoever asks. */
export interface OwnContainerRequest {
  readonly purpose: OwnPurpose
  /** The target it serves, for its label. */
  readonly target: string
  /** Id of an image that is on the engine: nothing is pulled. */
  readonly image: string
  /** Program and arguments; the entrypoint of the image is not run. */
  readonly argv: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** `uid:gid`; the user of the image where it is left out. */
  readonly user?: string
  readonly network: OwnNetwork
  readonly hostname?: string
  readonly mounts?: readonly OwnMount[]
  /** Folders in memory. */
  readonly temporary?: readonly string[]
  readonly readOnlyRoot: boolean
  /** Bytes, swap included; unbounded where it is left out. */
  readonly memoryBytes?: number
  /** Linux capabilities; every other one is dropped. */
  readonly capabilities?: readonly string[]
}

/** How a container of ours left. */
export interface OwnEnding {
  /** 137 also where the container was removed by somebody else. */
  readonly exitCode: number
  readonly outOfMemory: boolean
}

/** A running container of ours. It is there until `remove`. */
export interface OwnContainer {
  readonly id: string
  readonly name: string
  /** Stays open until it is ended. */
  readonly stdin: Writable
  /** To be read, or the container blocks; its end proves nothing. */
  readonly stdout: AsyncIterable<Uint8Array>
  /** Once its process has left. */
  ended(): Promise<OwnEnding>
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /**
   * Ends and removes it with its anonymous volumes; may be called again, and where it is gone already. Each call ends once it
   * is gone.
   */
  remove(): Promise<void>
}

/** Containers that ops makes for itself. Everything throws `ENGINE_UNREACHABLE` (environment). */
export interface OwnContainers {
  /**
   * Makes and starts one. Throws `OWN_CONTAINER_FAILED` (environment) with the engine's reason where it cannot be had;
   * nothing is left then.
   */
  start(
    request: OwnContainerRequest,
    onStderr: (chunk: Uint8Array) => void,
    signal: AbortSignal,
  ): Promise<OwnContainer>
  /** Removes what killed runs of this machine left, clones of drills included; gives their names. Those of live runs, and of other machines, stay. */
  sweep(): Promise<readonly string[]>
}
