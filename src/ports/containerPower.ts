/** Stops and starts single containers, whoever made them. Throws `ENGINE_UNREACHABLE` (environment). */
export interface ContainerPower {
  /** Stops it and waits, up to a minute before it is killed; no matter if it is stopped. Throws `CONTAINER_FAILED` (environment). */
  stop(id: string, signal: AbortSignal): Promise<void>
  /** Starts it; no matter if it runs. Throws `CONTAINER_FAILED` (environment) with the engine's reason. */
  start(id: string, signal: AbortSignal): Promise<void>
  /** Lets a paused one go on; no matter if it runs. Throws `CONTAINER_FAILED` (environment) with the engine's reason. */
  unpause(id: string, signal: AbortSignal): Promise<void>
}
