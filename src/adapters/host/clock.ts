import type { Clock } from '../../ports/clock.js'

/** The machine's own clock. */
export const machineClock: Clock = {
  now: () => new Date(),
  elapsed: () => performance.now(),
  sleep(milliseconds, signal) {
    return new Promise((resolve, reject) => {
      const reason = () => signal?.reason as Error
      if (signal?.aborted) {
        reject(reason())
        return
      }
      const woken = () => {
        clearTimeout(timer)
        reject(reason())
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', woken)
        resolve()
      }, milliseconds)
      signal?.addEventListener('abort', woken, { once: true })
    })
  },
}
