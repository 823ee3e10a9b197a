import { Failure } from '../../domain/failure.js'
import type { Held } from '../../ports/locks.js'
import type { World } from '../../ports/world.js'

/** The lock of a target's slices: a backup may run beside them, a second slicer may not. */
export function sliceLock(target: string): string {
  return `${target}.oplog`
}

/** Looks at a lock that a round of slices holds, and milliseconds between two: a round takes seconds. */
const patience = { looks: 60, pause: 1_000 }

/**
 * Takes the lock of a target's slices; waits for a round under way, which `waits` is told of once. Throws `TARGET_LOCKED`
 * (locked) where it takes longer than a minute, and the signal's reason.
 */
export async function takeSliceLock(
  target: string,
  command: string,
  { locks, clock }: Pick<World, 'locks' | 'clock'>,
  signal: AbortSignal,
  waits: () => void = () => undefined,
): Promise<Held> {
  for (let look = 0; ; look++) {
    try {
      return await locks.take(sliceLock(target), command)
    } catch (error) {
      const busy = error instanceof Failure && error.kind === 'locked'
      if (!busy || look >= patience.looks) throw error
      if (look === 0) waits()
      await clock.sleep(patience.pause, signal)
    }
  }
}

/** Does something under the lock of a target's slices. Throws what taking it and the work throw. */
export async function underSliceLock<Answer>(
  target: string,
  command: string,
  world: Pick<World, 'locks' | 'clock'>,
  signal: AbortSignal,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const held = await takeSliceLock(target, command, world, signal)
  try {
    return await work()
  } finally {
    await held.release()
  }
}
