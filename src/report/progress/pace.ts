import type { Amount } from '../../procedures/progress.js'
import { bytes } from '../format/bytes.js'
import { duration } from '../format/durations.js'

/** Turns amounts of one step into words, remembering when it began. */
export interface Pace {
  words(amount: Amount): string
}

const tooEarly = 1000

/**
 * Words for how far a step is: `412 MB of 1.8 GB  23 %  31 MB/s  about 21 s left`. The rate is the one since the step
 * began, because a rate of the moment makes the forecast jump. Time is in milliseconds that never go back.
 */
export function paceFrom(elapsed: () => number): Pace {
  const began = elapsed()
  return {
    words({ bytes: done, expected }) {
      const passed = elapsed() - began
      const rate = passed < tooEarly ? undefined : done / (passed / 1000)
      const parts = [
        expected === undefined
          ? bytes(done)
          : `${bytes(done)} of ${bytes(Math.max(expected, done))}`,
      ]
      // What is expected is a guess: it may turn out too small, and 100 % would then be a lie.
      if (expected !== undefined && expected > 0) {
        parts.push(`${Math.min(99, Math.floor((done / expected) * 100)).toString()} %`)
      }
      if (rate !== undefined && rate > 0) {
        parts.push(`${bytes(rate)}/s`)
        if (expected !== undefined && expected > done) {
          parts.push(`about ${duration((expected - done) / rate)} left`)
        }
      }
      return parts.join('  ')
    },
  }
}
