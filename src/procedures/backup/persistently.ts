import { Failure } from '../../domain/failure.js'
import type { Patience } from '../../domain/schedule.js'
import type { Clock } from '../../ports/clock.js'
import { isUnderWay } from '../underWay.js'
import { pauseBefore, remedyFor } from './transient.js'

/** Milliseconds between two looks at a target that another run holds. */
const lookAgain = 5_000

/** Who waits, and who hears of it. */
export interface Persistence extends Patience {
  readonly clock: Pick<Clock, 'elapsed' | 'sleep'>
  readonly signal: AbortSignal
  /** Hears why it is tried again, before the pause. */
  readonly again: (text: string, tries: number) => void
}

/**
 * Does something again as long as its failures may pass by themselves and the patience lasts. Waiting for another run
 * costs none of the tries. Throws the last failure, and the signal's reason.
 */
export async function persistently<Answer>(
  work: () => Promise<Answer>,
  { retries, lockWaitSeconds, clock, signal, again }: Persistence,
): Promise<Answer> {
  const waitsUntil = clock.elapsed() + lockWaitSeconds * 1000
  let tries = 1
  let waited = false
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      signal.throwIfAborted()
      // It holds the target still: a second try would only find it locked.
      if (isUnderWay(error)) throw error
      const remedy = remedyFor(error)
      const left = waitsUntil - clock.elapsed()
      if (remedy === 'when free' && left > 0) {
        if (!waited) again(`${error.message}: waiting for it`, tries)
        waited = true
        await clock.sleep(Math.min(lookAgain, left), signal)
      } else if (remedy === 'again' && tries <= retries) {
        tries += 1
        const pause = pauseBefore(tries)
        const of = `try ${tries.toString()} of ${(retries + 1).toString()}`
        again(`${error.message}: ${of} in ${(pause / 1000).toString()} s`, tries)
        await clock.sleep(pause, signal)
      } else throw error
    }
  }
}
