import type { WriteGuard, WriteGuards } from '../../src/ports/writeGuards.js'

/** Guards in memory; `log` tells what was asked of them, `refuse` keeps the next from being set up. */
export class FakeWriteGuards implements WriteGuards {
  readonly log: string[] = []
  refuse: Error | undefined
  /** Milliseconds after which the guard releases the lock by itself. */
  limit: number | undefined

  watch(): Promise<WriteGuard> {
    if (this.refuse) return Promise.reject(this.refuse)
    this.log.push('watch')
    const say = (word: string) => () => {
      this.log.push(word)
      return Promise.resolve()
    }
    const arm = (limitMilliseconds: number) => {
      this.limit = limitMilliseconds
      return say('arm')()
    }
    return Promise.resolve({ arm, dismiss: say('dismiss') })
  }
}
