import type { Clock } from '../../ports/clock.js'
import type { Deadman, DeadmanSignal } from '../../ports/deadman.js'

/** Milliseconds before the second and the third try of a ping. */
const pauses = [1_000, 3_000]

/** Milliseconds that the last ping of a run which is being stopped may take in all. */
const hurry = 3_000

/** How a run is told to the dead man's switch. */
export interface RunSwitch {
  /** Tells how the run ended; waits a bounded time. Nothing where it was told, else why it was not. */
  ended(what: 'success' | 'fail', note: string, stopping: boolean): Promise<string | undefined>
}

/**
 * Tells the switch that a run begins, without the run waiting for it, and hands back the way to tell it the end. The two
 * never overtake each other. Throws nothing: a ping that fails is a sentence.
 */
export function tellStart(deadman: Deadman, clock: Pick<Clock, 'sleep'>): RunSwitch {
  const over = new AbortController()
  const started = tell(deadman, clock, 'start', '', over.signal)
  return {
    async ended(what, note, stopping) {
      over.abort(new Error('the run is over'))
      await started
      const limit = stopping ? AbortSignal.timeout(hurry) : new AbortController().signal
      return tell(deadman, clock, what, note, limit)
    },
  }
}

async function tell(
  deadman: Deadman,
  clock: Pick<Clock, 'sleep'>,
  what: DeadmanSignal,
  note: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  let why = ''
  for (const pause of [0, ...pauses]) {
    try {
      if (pause > 0) await clock.sleep(pause, signal)
      await deadman.tell(what, note, signal)
      return undefined
    } catch (error) {
      if (signal.aborted) return why === '' ? 'there was no time for it' : why
      why = error instanceof Error ? error.message : String(error)
    }
  }
  return why
}
