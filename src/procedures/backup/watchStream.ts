import { Failure } from '../../domain/failure.js'
import type { Clock } from '../../ports/clock.js'

/** Milliseconds without a single byte after which a stream counts as dead (a paused container, a hung engine). */
const stallLimit = 180_000

const lookEvery = 5_000

/** A stream that is looked after: `signal` is aborted with `STREAM_STALLED` (timed-out) when nothing passes for too long. */
export interface WatchedStream {
  readonly signal: AbortSignal
  /** To be called for everything that passes. */
  passed(bytes: number): void
  /** To be called where nothing passes, and who reads is known to work all the same. */
  moved(): void
  stop(): void
}

/** Begins to watch. The outer signal aborts the watched one too. */
export function watchStream(clock: Clock, what: string, outer: AbortSignal): WatchedStream {
  const stalled = new AbortController()
  const ended = new AbortController()
  let total = 0
  let lastTotal = -1
  let isMoving = false
  let lastChange = clock.elapsed()

  const look = async () => {
    for (;;) {
      await clock.sleep(lookEvery, ended.signal)
      if (ended.signal.aborted) return
      if (total !== lastTotal || isMoving) {
        lastTotal = total
        isMoving = false
        lastChange = clock.elapsed()
      } else if (clock.elapsed() - lastChange >= stallLimit) {
        stalled.abort(stall(what, total))
        return
      }
    }
  }
  look().catch(() => undefined)

  return {
    signal: AbortSignal.any([outer, stalled.signal]),
    passed: (bytes) => {
      total += bytes
    },
    moved: () => {
      isMoving = true
    },
    stop: () => {
      ended.abort()
    },
  }
}

function stall(what: string, total: number): Failure {
  return new Failure(
    'timed-out',
    'STREAM_STALLED',
    `${what} stood still for ${(stallLimit / 60_000).toString()} minutes after ${total.toString()} bytes`,
    ['ops stack ps', 'ops doctor'],
  )
}
