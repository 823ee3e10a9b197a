/** Time, as the world tells it. */
export interface Clock {
  /** Wall-clock time. May jump. */
  now(): Date
  /** Milliseconds on a clock that never goes back, for durations. */
  elapsed(): number
  /** Resolves after so many milliseconds; rejects with the signal's reason when it is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}
