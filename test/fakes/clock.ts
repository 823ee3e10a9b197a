import type { Clock } from '../../src/ports/clock.js'

/** A clock that moves only when it is told to, or by what is slept. */
export function fakeClock(
  start = '2026-11-21T13:02:04.000Z',
): Clock & { advance(milliseconds: number): void } {
  const origin = Date.parse(start)
  let passed = 0
  return {
    now: () => new Date(origin + passed),
    elapsed: () => passed,
    sleep(milliseconds, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason as Error)
      passed += milliseconds
      return Promise.resolve()
    },
    advance(milliseconds) {
      passed += milliseconds
    },
  }
}
