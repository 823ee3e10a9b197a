import type { HealthRun, HealthStretch } from '../domain/health.js'

/** What earlier runs found. */
export interface HeldHistory {
  /** Oldest first. */
  readonly stretches: readonly HealthStretch[]
  /** Lines that could not be read; they are passed over. */
  readonly damaged: number
}

/** What earlier runs of `ops health` found, of one stack. Bounded: the oldest is forgotten. */
export interface HealthHistory {
  /** Throws `STATE_UNREADABLE` (environment). */
  read(): Promise<HeldHistory>
  /**
   * Adds a run. Two runs at once wait for each other. Throws `STATE_UNWRITABLE` (environment), `STATE_FULL` (space),
   * `TARGET_LOCKED` (locked), and the signal's reason.
   */
  record(run: HealthRun, signal: AbortSignal): Promise<void>
}
