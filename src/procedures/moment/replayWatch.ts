import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { withSession } from '../withSession.js'

/** Milliseconds between two questions. */
const lookEvery = 15_000

/**
 * Asks the server how many operations it was told to apply, until the signal: mongorestore takes in a transaction whole and reads
 * nothing more until it has applied each of its operations, which may be hundreds of thousands. `moved` hears of each answer that is
 * another one. Whether the server may be asked, or answers, is nobody's trouble here.
 */
export async function watchReplay(
  target: Target,
  world: Pick<World, 'mongo' | 'clock'>,
  signal: AbortSignal,
  moved: () => void,
): Promise<void> {
  try {
    await withSession(target, world, signal, async (session) => {
      let last: number | undefined
      for (;;) {
        await world.clock.sleep(lookEvery, signal)
        if (signal.aborted) return
        const applied = await session.appliedOperations()
        if (applied === undefined) return
        if (last !== undefined && applied !== last) moved()
        last = applied
      }
    })
  } catch (error) {
    if (!signal.aborted && !(error instanceof Failure)) throw error
  }
}
