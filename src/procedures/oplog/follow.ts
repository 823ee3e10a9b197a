import { Failure } from '../../domain/failure.js'
import type { Clock } from '../../ports/clock.js'
import type { TakenSlices } from './takeSlices.js'

/** What the follower tells, one event at a time. */
export type FollowEvent =
  | { readonly kind: 'sliced'; readonly taken: TakenSlices }
  /** A base is needed and is being taken. */
  | { readonly kind: 'base begun'; readonly taken: TakenSlices }
  | { readonly kind: 'base taken'; readonly id: string }
  /** Something failed that may pass; told once until it passes. `seconds` until the next try. */
  | { readonly kind: 'trouble'; readonly failure: Failure; readonly seconds: number }
  | { readonly kind: 'recovered'; readonly after: number }

/** What the follower works with. */
export interface Follower {
  /** One round of slices. Told to stop by a signal of its own, so that one under way is finished. */
  readonly slice: () => Promise<TakenSlices>
  /** Takes a base; its id. */
  readonly takeBase: () => Promise<string>
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

/** Kinds of failure that no waiting cures. They end it only at the start: later the same may be a server under repair. */
const hopeless: ReadonlySet<string> = new Set(['usage', 'refused'])

/**
 * Takes slices until the signal, one round after the other, and the base that one of them calls for at once. A failure ends
 * it only where the first round shows that it can never work (`usage`, `refused`); everything else is told once and tried
 * again, quicker than slices usually come, because every second adds to what would be lost.
 */
export async function followOplog(follower: Follower): Promise<Followed> {
  const { everySeconds, clock, signal, tell } = follower
  const total = { slices: 0, entries: 0, bases: 0, gaps: 0 }
  let tries = 0
  let troubled: string | undefined
  let began = clock.elapsed()
  let proved = false
  const stopped = () => signal.aborted

  while (!stopped()) {
    const started = clock.elapsed()
    try {
      const again = await round(follower, total)
      proved = true
      if (troubled !== undefined)
        tell({ kind: 'recovered', after: Math.round((clock.elapsed() - began) / 1000) })
      troubled = undefined
      tries = 0
      if (again) continue
      await pause(clock, everySeconds * 1000 - (clock.elapsed() - started), signal)
    } catch (error) {
      if (stopped()) break
      if (!(error instanceof Failure)) throw error
      if (!proved && hopeless.has(error.kind)) throw error
      const wait = Math.min(everySeconds * 1000, firstPause * 2 ** tries)
      tries = Math.min(tries + 1, 30)
      if (troubled === undefined) began = started
      if (troubled !== error.code) tell({ kind: 'trouble', failure: error, seconds: wait / 1000 })
      troubled = error.code
      await pause(clock, wait, signal)
    }
  }
  return total
}

/** One round; whether the next one is due at once, because a base was taken that slices can begin behind. */
async function round(
  { slice, takeBase, signal, tell }: Follower,
  total: { -readonly [Key in keyof Followed]: number },
): Promise<boolean> {
  const taken = await slice()
  total.slices += taken.slices.length
  total.entries += taken.slices.reduce((sum, { count }) => sum + count, 0)
  if (taken.gap) total.gaps += 1
  tell({ kind: 'sliced', taken })
  if (!taken.baseNeeded || signal.aborted) return false
  tell({ kind: 'base begun', taken })
  const id = await takeBase()
  total.bases += 1
  tell({ kind: 'base taken', id })
  return taken.baseNeeded.why === 'no base'
}

async function pause(
  clock: Pick<Clock, 'sleep'>,
  milliseconds: number,
  signal: AbortSignal,
): Promise<void> {
  if (milliseconds <= 0) return
  await clock.sleep(milliseconds, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}
