import { Failure } from '../../domain/failure.js'
import type { World } from '../../ports/world.js'

/** The lock of a target's slices: a backup may run beside them, a second slicer may not. */
export function sliceLock(target: string): string {
  return `${target}.oplog`
}

/** Looks at a lock that a round of slices holds, and milliseconds between two: a round takes seconds. */
const patience = { looks: 30, pause: 2_000 }

/** Does something under the lock of a target's slices; waits for a round under way. Throws `TARGET_LOCKED` (locked). */
export async function underSliceLock<Answer>(
  target: string,
  command: string,
  { locks, clock }: Pick<World, 'locks' | 'clock'>,
  signal: AbortSignal,
  work: () => Promise<Answer>,
): Promise<Answer> {
  for (let look = 1; ; look++) {
    let held
    try {
      held = await locks.take(sliceLock(target), command)
    } catch (error) {
      const busy = error instanceof Failure && error.kind === 'locked'
      if (!busy || look === patience.looks) throw error
      await clock.sleep(patience.pause, signal)
      continue
    }
    try {
      return await work()
    } finally {
      await held.release()
    }
  }
}
