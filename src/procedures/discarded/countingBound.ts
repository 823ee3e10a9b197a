import type { Clock } from '../../ports/clock.js'

/** How long counting goes on, whichever comes first. */
export interface DiscardLimits {
  readonly seconds: number
  /** Entries of the oplog, those of other databases included. */
  readonly entries: number
}

/** Tells when counting has to end, from the moment on in which it is made. */
export class CountingBound {
  readonly #began: number

  constructor(
    private readonly limits: DiscardLimits,
    private readonly clock: Pick<Clock, 'elapsed'>,
  ) {
    this.#began = clock.elapsed()
  }

  /** Why no further entry is counted behind so many; nothing where one is. */
  reached(entries: number): string | undefined {
    if (entries >= this.limits.entries)
      return `the first ${this.limits.entries.toString()} entries were read`
    return this.millisecondsLeft() <= 0 ? this.late : undefined
  }

  /** What is said where the time was too short. */
  get late(): string {
    return `${this.limits.seconds.toString()} s were not enough to read on`
  }

  millisecondsLeft(): number {
    return this.#began + this.limits.seconds * 1000 - this.clock.elapsed()
  }

  entriesLeft(entries: number): number {
    return this.limits.entries - entries
  }
}
