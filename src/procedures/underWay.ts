import { Failure } from '../domain/failure.js'

/** Milliseconds that something gets to end. */
export interface Patience {
  /** A step that was told to stop: mongorestore alone may take a quarter of a minute. */
  readonly step: number
  /** Taking back what is quick. */
  readonly undo: number
  /** A record, a lock: small files. */
  readonly file: number
}

/** What every run gives. */
export const usualPatience: Patience = { step: 30_000, undo: 300_000, file: 30_000 }

/**
 * The work, as long as anybody waits for it: after the signal it gets so many milliseconds to end by itself. A write that
 * a disk never answers, or a call that an engine never answers, hears no signal. Then the work is left to itself: throws
 * the signal's reason, which says so and is `isUnderWay`.
 */
export function endingWith<Answer>(
  work: Promise<Answer>,
  what: string,
  signal: AbortSignal,
  patience: number,
): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined
  let stop: () => void = () => undefined
  const late = new Promise<never>((_, reject) => {
    stop = () => {
      timer ??= setTimeout(() => {
        reject(underWay(signal.reason as Error, what, patience))
      }, patience)
    }
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
  })
  return Promise.race([work, late]).finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  })
}

/** The same for what nobody tells to stop: it has so many milliseconds from now. Throws `STILL_UNDER_WAY` (failed). */
export function endingWithin<Answer>(
  work: Promise<Answer>,
  what: string,
  patience: number,
): Promise<Answer> {
  const reason = new Failure('failed', 'STILL_UNDER_WAY', 'something does not answer', [
    'dmesg | tail',
    'ops doctor',
  ])
  return endingWith(work, what, AbortSignal.abort(reason), patience)
}

/** Whether a failure tells of something that was left to itself, and may go on until this process is gone. */
export function isUnderWay(error: unknown): boolean {
  return error instanceof Failure && typeof error.facts['underWay'] === 'string'
}

function underWay(reason: Error, what: string, patience: number): Error {
  if (!(reason instanceof Failure)) return reason
  const seconds = (patience / 1000).toString()
  return new Failure(
    reason.kind,
    reason.code,
    `${reason.message}; "${what}" did not end within ${seconds} s and was left to itself (a disk, a server or an engine does not answer)`,
    reason.next,
    { cause: reason, facts: { ...reason.facts, underWay: what } },
  )
}
