/** A clock that was asked between two looks at our own. Times are RFC 3339 UTC. */
export interface ClockSeen {
  readonly askedAt: string
  readonly at: string
  readonly answeredAt: string
}

/** Memory of one running container that cannot be taken back from it, in bytes: pages of files are left out, but those not written yet. */
export interface ContainerMemory {
  readonly name: string
  readonly bytes: number
  /** Of the machine, where it has no limit of its own. */
  readonly limitBytes: number
}

/** Memory of the machine that the engine runs on, in bytes. */
export interface HostMemory {
  readonly totalBytes: number
  /** Absent where the engine runs on another machine, which does not say. */
  readonly availableBytes?: number
}

/** The engine's machine, asked cheaply: no image is started. Throws `ENGINE_UNREACHABLE` (environment), the signal's reason. */
export interface MachineVitals {
  engine(signal: AbortSignal): Promise<{
    readonly version: string
    readonly clock: ClockSeen
    readonly memory: HostMemory
  }>
  /** One reading each, at once; containers that do not run are left out. */
  memory(names: readonly string[], signal: AbortSignal): Promise<readonly ContainerMemory[]>
}
