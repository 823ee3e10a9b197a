/** A write of a drill that the server confirmed. */
export interface ConfirmedWrite {
  readonly number: number
  /** Milliseconds since 1970 by the clock of this machine, when it was confirmed. */
  readonly at: number
}

/** What a disaster took. */
export interface Loss {
  /** Writes that had been confirmed. */
  readonly operations: number
  readonly lostOperations: number
  /** How much time of writes is gone, with one digit. */
  readonly seconds: number
}

/** When the disaster came, and how old what was recovered may have been before the first write. */
export interface LossContext {
  /** Milliseconds since 1970. */
  readonly disasterAt: number
  /** Age in seconds of the newest protected state when the writes began; 0 where the drill itself took it right before. */
  readonly ageSeconds: number
}

/**
 * Holds what was confirmed against what is there. Time is counted from the first write that is gone to the disaster; where
 * not one write came back, everything since the state that did is gone with them.
 */
export function lossOf(
  confirmed: readonly ConfirmedWrite[],
  found: ReadonlySet<number>,
  { disasterAt, ageSeconds }: LossContext,
): Loss {
  const lost = confirmed.filter(({ number }) => !found.has(number))
  const first = Math.min(...lost.map(({ at }) => at))
  const operations = confirmed.length
  if (lost.length === 0) return { operations, lostOperations: 0, seconds: 0 }
  const within = Math.max(0, disasterAt - first) / 1000
  const before = lost.length === operations ? ageSeconds : 0
  return {
    operations,
    lostOperations: lost.length,
    seconds: Math.round((within + before) * 10) / 10,
  }
}
