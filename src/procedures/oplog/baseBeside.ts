import { Failure } from '../../domain/failure.js'
import type { UnfitBase } from '../../domain/oplog/unfit.js'
import type { Clock } from '../../ports/clock.js'
import type { BaseNeeded, TakenSlices } from './takeSlices.js'

/** What is told of bases that the follower takes. */
export type BaseEvent =
  /** A base is needed and is being taken. */
  | { readonly kind: 'base begun'; readonly taken: TakenSlices }
  | { readonly kind: 'base taken'; readonly id: string }
  /** It could not be taken; `seconds` until it is tried again. */
  | { readonly kind: 'base failed'; readonly failure: Failure; readonly seconds: number }
  /** A base is there and of no use: told once of each. `seconds` until another one is taken; absent: this one is waited for. */
  | { readonly kind: 'base unfit'; readonly unfit: UnfitBase; readonly seconds?: number }

/** What taking bases beside slices needs. */
export interface BasesBeside {
  /** Takes a base; its id. */
  readonly takeBase: () => Promise<string>
  readonly everySeconds: number
  readonly clock: Pick<Clock, 'elapsed'>
  readonly tell: (event: BaseEvent) => void
  /** Called when one has ended, so that a slice follows at once. */
  readonly ended: () => void
}

/** Milliseconds before another base is taken where the first was of no use, and the longest such pause. */
const pauses = { first: 60_000, longest: 6 * 3600_000 }

/**
 * Takes the base that slices call for, one at a time, while they go on. A base is hours of work for a database: where one
 * failed, or is of no use, the next one waits twice as long each time, and never less than the last one took.
 */
export class BaseBeside {
  taken = 0
  /** What ended it for good: a mistake of ours, or what no waiting cures, at the very first try. */
  broken: Error | undefined
  #running: Promise<void> | undefined
  #tries = 0
  #notBefore = 0
  #toldOf: string | undefined
  #proved = false

  constructor(private readonly beside: BasesBeside) {}

  /** Hears after each round what slices call for, and begins to take a base where it is time for one. */
  consider(round: TakenSlices): void {
    const { baseNeeded } = round
    if (!baseNeeded) {
      this.#tries = 0
      this.#notBefore = 0
      this.#proved = true
      return
    }
    if (this.#running) return
    const now = this.beside.clock.elapsed()
    const waits = this.#tellUnfit(baseNeeded, Math.max(0, this.#notBefore - now))
    if (waits || now < this.#notBefore) return
    this.beside.tell({ kind: 'base begun', taken: round })
    this.#running = this.#take(now).finally(() => {
      this.#running = undefined
      this.beside.ended()
    })
  }

  /** Waits for the one that is being taken; it hears of the end by a signal of its own. */
  async end(): Promise<void> {
    await this.#running
  }

  /** Whether it is waited for: a majority may catch up with it, and would with no other one sooner. */
  #tellUnfit(needed: BaseNeeded, milliseconds: number): boolean {
    if (needed.why !== 'no base' || !needed.unfit) return false
    const { unfit } = needed
    const waits = unfit.reason === 'ahead'
    const isNews = this.#toldOf !== `${unfit.id} ${unfit.reason}`
    // One that was there before is no news unless it is waited for: a base that is being taken takes its place.
    if (isNews && (waits || this.#tries > 0)) {
      const seconds = Math.ceil(milliseconds / 1000)
      this.beside.tell({ kind: 'base unfit', unfit, ...(waits ? {} : { seconds }) })
      this.#toldOf = `${unfit.id} ${unfit.reason}`
    }
    return waits
  }

  async #take(began: number): Promise<void> {
    const { takeBase, clock, tell, everySeconds } = this.beside
    try {
      const id = await takeBase()
      this.taken += 1
      this.#proved = true
      this.#wait(began)
      tell({ kind: 'base taken', id })
    } catch (error) {
      if (!(error instanceof Failure) || (!this.#proved && isHopeless(error))) {
        this.broken = error instanceof Error ? error : new Error(String(error))
        return
      }
      // Somebody else holds the target: that says nothing of the next try.
      if (error.kind === 'locked') this.#notBefore = clock.elapsed() + everySeconds * 1000
      else this.#wait(began)
      // The backup is good; what follows it failed.
      if (error.kind === 'partial') this.taken += 1
      const seconds = Math.round((this.#notBefore - clock.elapsed()) / 1000)
      tell({ kind: 'base failed', failure: error, seconds })
    }
  }

  #wait(began: number): void {
    const now = this.beside.clock.elapsed()
    const pause = Math.min(pauses.longest, pauses.first * 2 ** this.#tries)
    this.#tries = Math.min(this.#tries + 1, 20)
    this.#notBefore = now + Math.max(pause, now - began)
  }
}

/**
 * Failures that no waiting cures. They end it only at the start: later the same may be a server under repair. A restore that left
 * the data half done is such a repair.
 */
export function isHopeless({ kind, code }: Failure): boolean {
  return (kind === 'usage' || kind === 'refused') && code !== 'LEFT_HALF'
}
