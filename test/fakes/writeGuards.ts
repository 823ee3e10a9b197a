import type { WriteGuard, WriteGuards } from '../../src/ports/writeGuards.js'

/** Guards in memory; `log` tells what was asked of them, `refuse` keeps the next from being set up. */
export class FakeWriteGuards implements WriteGuards {
  readonly log: string[] = []
  refuse: Error | undefined

  watch(): Promise<WriteGuard> {
    if (this.refuse) return Promise.reject(this.refuse)
    this.log.push('watch')
    const say = (word: string) => () => {
      this.log.push(word)
      return Promise.resolve()
    }
    return Promise.resolve({ arm: say('arm'), dismiss: say('dismiss') })
  }
}
