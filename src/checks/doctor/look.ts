import { Failure } from '../../domain/failure.js'
import type { Clock } from '../../ports/clock.js'
import type { Looked } from './evidence.js'

/** What looking takes: a clock for the deadline, and the signal that ends everything. */
export interface Watch {
  readonly clock: Pick<Clock, 'sleep'>
  readonly signal: AbortSignal
  /** Seconds that are left of the whole run, where it has a deadline: no look takes longer, whatever its own patience. */
  readonly left?: () => number
}

/** Asked once; the signal is aborted when nobody waits for the answer any more. */
export type Ask<Facts> = (signal: AbortSignal) => Promise<Facts>

/**
 * Asks, and waits no longer than `seconds`, nor than the run has left: what is cut short by the run says nothing of who was asked.
 * What is thrown or late is an answer too, so that one look harms no other. A late answer is handed to `letGo`. Throws the watch's
 * reason only.
 */
export async function look<Facts>(
  { clock, signal, left = () => Infinity }: Watch,
  seconds: number,
  ask: Ask<Facts>,
  letGo: (late: Facts) => unknown = () => undefined,
): Promise<Looked<Facts>> {
  signal.throwIfAborted()
  const rest = left()
  if (rest <= 0) return { state: 'unseen', because: outOfTime }
  const answered = new AbortController()
  const late = new AbortController()
  const asked = answer(ask, AbortSignal.any([signal, late.signal]))
  const deadline = clock
    .sleep(Math.min(seconds, rest) * 1000, AbortSignal.any([signal, answered.signal]))
    .then((): Looked<Facts> => ({
      state: 'unseen',
      because: rest < seconds ? outOfTime : noAnswer(seconds),
    }))
  let looked: Looked<Facts> | undefined
  try {
    looked = await Promise.race([
      asked.then((facts): Looked<Facts> => ({ state: 'seen', facts })),
      deadline,
    ])
    if (looked.state === 'unseen') late.abort(new Error(looked.because))
    return looked
  } catch (error) {
    signal.throwIfAborted()
    return failed(error)
  } finally {
    answered.abort(new Error('answered'))
    if (looked?.state !== 'seen') asked.then(letGo).catch(() => undefined)
  }
}

/** Facts of a look, where it brought any. */
export function seen<Facts>(looked: Looked<Facts> | undefined): Facts | undefined {
  return looked?.state === 'seen' ? looked.facts : undefined
}

/** Whether every look brought facts. */
export function isAllSeen(all: readonly Looked<unknown>[]): boolean {
  return all.every(({ state }) => state === 'seen')
}

/** What is thrown before the first wait is a rejection like any other. */
async function answer<Facts>(ask: Ask<Facts>, signal: AbortSignal): Promise<Facts> {
  return ask(signal)
}

function noAnswer(seconds: number): string {
  return `${noAnswerWithin} ${seconds.toString()} s`
}

const noAnswerWithin = 'no answer within'

/** Other than a late answer it is nobody's fault who was asked. */
const outOfTime = 'the time of the whole run was over before there was an answer (--timeout)'

/** Whether it was asked, and did not answer in time: what nobody expected says nothing of it. */
export function isLate(looked: Looked<unknown>): boolean {
  return looked.state === 'unseen' && looked.because.startsWith(noAnswerWithin)
}

function failed(error: unknown): Looked<never> {
  if (error instanceof Failure) {
    const { code, message } = error
    // The doctor is what is running.
    const next = error.next.filter((command) => command !== 'ops doctor')
    return { state: 'refused', code, message, next }
  }
  const because = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return { state: 'unseen', because }
}
