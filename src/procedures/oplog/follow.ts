import { Failure } from '../../domain/failure.js'
import { isOfTheSystem } from '../../domain/systemError.js'
import type { Clock } from '../../ports/clock.js'
import { BaseBeside, isHopeless, type BaseEvent } from './baseBeside.js'
import { CopiesBeside, type CopyEvent, type SlicePlace } from './copiesBeside.js'
import type { TakenSlices } from './takeSlices.js'

/** What the follower tells, one event at a time. */
export type FollowEvent =
  | { readonly kind: 'sliced'; readonly taken: TakenSlices }
  | BaseEvent
  /** Something failed that may pass; told once until it passes. `seconds` until the next try. */
  | { readonly kind: 'trouble'; readonly failure: Failure; readonly seconds: number }
  | { readonly kind: 'recovered'; readonly after: number }
  | CopyEvent

/** What the follower works with. */
export interface Follower {
  /** One round of slices. Told to stop by a signal of its own, so that one under way is finished. */
  readonly slice: () => Promise<TakenSlices>
  /** Takes a base; its id. Runs beside rounds of slices. */
  readonly takeBase: () => Promise<string>
  /** Where slices are brought beside, as they come. */
  readonly places?: readonly SlicePlace[]
  readonly everySeconds: number
  readonly clock: Pick<Clock, 'elapsed' | 'sleep'>
  /** Ends it after the slice under way. */
  readonly signal: AbortSignal
  readonly tell: (event: FollowEvent) => void
}

/** What it did until it was told to stop. */
export interface Followed {
  readonly slices: number
  readonly entries: number
  readonly bases: number
  readonly gaps: number
}

/** Milliseconds before the second try; each further pause is twice as long, up to the usual distance of slices. */
const firstPause = 1_000

/**
 * Takes slices until the signal, one round after the other, and beside them the base that one of them calls for: while a
 * base is waited for, a small oplog would run over. A failure ends it only where the first round, or the
 * first base, shows that it can never work (`usage`, `refused`); everything else, what the system says of a disk included,
 * is told once and tried again, quicker than slices usually come, because every second adds to what would be lost.
 */
export async function followOplog(follower: Follower): Promise<Followed> {
  const { takeBase, everySeconds, clock, signal, tell } = follower
  const total = { slices: 0, entries: 0, gaps: 0 }
  const pauses = new Pauses(clock, signal)
  const base = new BaseBeside({
    takeBase,
    everySeconds,
    clock,
    tell,
    ended: () => {
      pauses.wake()
    },
  })
  const copies = new CopiesBeside(follower.places ?? [], tell, signal, mayPass)
  let tries = 0
  let troubled: string | undefined
  let began = clock.elapsed()
  let proved = false
  const stopped = () => signal.aborted

  try {
    while (!stopped()) {
      if (base.broken) throw base.broken
      const started = clock.elapsed()
      try {
        const taken = await round(follower, total)
        // Also what was taken before it was started is to be there.
        copies.consider(!proved || taken.slices.length > 0)
        proved = true
        if (troubled !== undefined)
          tell({ kind: 'recovered', after: Math.round((clock.elapsed() - began) / 1000) })
        troubled = undefined
        tries = 0
        if (stopped()) break
        base.consider(taken)
        await pauses.pause(everySeconds * 1000 - (clock.elapsed() - started))
      } catch (error) {
        if (stopped()) break
        const failure = mayPass(error)
        if (!failure || (!proved && isHopeless(failure))) throw error
        const wait = Math.min(everySeconds * 1000, firstPause * 2 ** tries)
        tries = Math.min(tries + 1, 30)
        if (troubled === undefined) began = started
        if (troubled !== failure.code) tell({ kind: 'trouble', failure, seconds: wait / 1000 })
        troubled = failure.code
        await pauses.pause(wait)
      }
    }
  } finally {
    await base.end()
    await copies.end()
  }
  return { ...total, bases: base.taken }
}

/** What may pass by itself, as a `Failure`; nothing for a mistake of ours. */
function mayPass(error: unknown): Failure | undefined {
  if (error instanceof Failure) return error
  if (!isOfTheSystem(error)) return undefined
  const says = `the system reports ${error.code}: ${error.message}`
  return new Failure('failed', 'SYSTEM_ERROR', says, ['dmesg | tail', 'ops doctor'], {
    cause: error,
  })
}

async function round(
  { slice, tell }: Follower,
  total: { -readonly [Key in keyof Omit<Followed, 'bases'>]: number },
): Promise<TakenSlices> {
  const taken = await slice()
  total.slices += taken.slices.length
  total.entries += taken.slices.reduce((sum, { count }) => sum + count, 0)
  if (taken.gap) total.gaps += 1
  tell({ kind: 'sliced', taken })
  return taken
}

/** Pauses that end with the signal, and early when something has happened. */
class Pauses {
  #woken = false
  #early: AbortController | undefined

  constructor(
    private readonly clock: Pick<Clock, 'sleep'>,
    private readonly signal: AbortSignal,
  ) {}

  wake(): void {
    this.#woken = true
    this.#early?.abort()
  }

  async pause(milliseconds: number): Promise<void> {
    if (milliseconds <= 0 || this.#woken || this.signal.aborted) {
      this.#woken = false
      return
    }
    const early = new AbortController()
    this.#early = early
    const stop = () => {
      early.abort()
    }
    this.signal.addEventListener('abort', stop, { once: true })
    try {
      await this.clock.sleep(milliseconds, early.signal)
    } catch (error) {
      if (!early.signal.aborted) throw error
    } finally {
      this.signal.removeEventListener('abort', stop)
      this.#early = undefined
      this.#woken = false
    }
  }
}
