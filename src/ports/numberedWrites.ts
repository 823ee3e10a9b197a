import type { ConfirmedWrite } from '../domain/lostWrites.js'
import type { Target } from '../domain/target.js'

/** Writes under way. */
export interface Writing {
  /** The newest write that the server confirmed. */
  newest(): ConfirmedWrite
  /** Ends after the write under way, and gives every write that the server confirmed, in order. May be called again. */
  stop(): Promise<readonly ConfirmedWrite[]>
}

/** Where they go. */
export interface WritesPlace {
  readonly database: string
  readonly collection: string
}

/** Writes that are known by their numbers, so that what is missing afterwards can be counted. */
export interface NumberedWrites {
  /**
   * Begins to write one document after the other, numbered from `first`, each confirmed by a majority with its journal; one that
   * is not confirmed is tried again until it is. Resolves after the first one: throws what connecting and that write throw.
   */
  begin(target: Target, place: WritesPlace, first: number, signal: AbortSignal): Promise<Writing>
  /** The numbers that are there. */
  found(target: Target, place: WritesPlace, signal: AbortSignal): Promise<ReadonlySet<number>>
}
