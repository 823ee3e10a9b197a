import type { Target } from '../domain/target.js'
import type { ContainerFacts } from './engine.js'

/** Finds the container of a target. */
export interface Containers {
  /**
   * The target's container, running or not. Throws `CONTAINER_NOT_FOUND` (not-found), `SERVICE_UNKNOWN` (not-found).
   * Targets outside Docker have none: nothing.
   */
  find(target: Target): Promise<ContainerFacts | undefined>
  /** The same, but it must run. Throws `CONTAINER_STOPPED` (environment) with its state. */
  running(target: Target): Promise<ContainerFacts | undefined>
}
