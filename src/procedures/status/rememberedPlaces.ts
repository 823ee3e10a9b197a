import type { Clock } from '../../ports/clock.js'
import type { CopyPlace } from '../../ports/copies.js'
import type { World } from '../../ports/world.js'
import { withInstead } from '../withInstead.js'

/** Milliseconds for which what a place said is good enough, and after which one that refused is asked again. */
const remembered = { said: 5 * 60_000, refused: 60_000 }

/** Part of the promised loss by which slices at a place may seem older than they are. */
const partOfPromise = 0.25

/**
 * A world for looking again and again, whose places elsewhere are asked what they hold every five minutes at most: each answer
 * takes many requests, over a network, of a service that may want money for them. Slices are asked for as often as a promise of so few
 * seconds of loss wants it: what came there since would be missed, and be told as lost.
 */
export function withRememberedPlaces<Around extends Pick<World, 'copies' | 'clock'>>(
  world: Around,
  rpoSeconds: number,
): Around {
  const forSlices = Math.min(remembered.said, rpoSeconds * 1000 * partOfPromise)
  const copies = world.copies.map((place) => rememberedPlace(place, world.clock, forSlices))
  return { ...world, copies }
}

function rememberedPlace(
  place: CopyPlace,
  clock: Pick<Clock, 'elapsed' | 'now'>,
  forSlices: number,
): CopyPlace {
  const list = remembering(clock, remembered.said, async (target, signal) => {
    // What is brought there from now on may be missing in it.
    const listedAt = clock.now().toISOString()
    return { ...(await place.list(target, signal)), listedAt }
  })
  const sliceHoldings = remembering(clock, forSlices, (target, signal) =>
    place.sliceHoldings(target, signal),
  )
  return withInstead(place, { list, sliceHoldings })
}

type Asking<Answer> = (target: string, signal: AbortSignal) => Promise<Answer>

function remembering<Answer>(
  clock: Pick<Clock, 'elapsed'>,
  milliseconds: number,
  ask: Asking<Answer>,
): Asking<Answer> {
  const known = new Map<string, { readonly answer: Promise<Answer>; until: number }>()
  return (target, signal) => {
    const last = known.get(target)
    if (last && clock.elapsed() < last.until) return last.answer
    const answer = asked(ask, target, signal)
    const entry = { answer, until: clock.elapsed() + milliseconds }
    known.set(target, entry)
    answer.catch(() => {
      entry.until = clock.elapsed() + remembered.refused
    })
    return answer
  }
}

/** What is thrown before the first wait is a rejection like any other. */
async function asked<Answer>(
  ask: Asking<Answer>,
  target: string,
  signal: AbortSignal,
): Promise<Answer> {
  return ask(target, signal)
}
