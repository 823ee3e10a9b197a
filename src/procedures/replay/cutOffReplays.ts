import type { Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { abandonedRuns, closeGoneOnWith } from '../cutOff.js'
import type { Step } from '../plan.js'

/** Runs that played back the same kept writes and were killed half-way, newest first. */
export function cutOffReplays(
  kept: string,
  target: Target,
  world: Pick<World, 'receipts'>,
): Promise<readonly Receipt[]> {
  return abandonedRuns(world, (one) => one.target === target.name && one.replayed?.kept === kept)
}

/** What was under way, how far it came, and how all of it is taken back. */
export function cutOffReplayText({ id, title, startedAt, steps, safetyBackup }: Receipt): string {
  const last = steps.at(-1)
  const back =
    safetyBackup === undefined ? '' : `; "ops undo ${id}" brings back what was there before it`
  return `"${title}" of ${startedAt} was cut off${last === undefined ? '' : ` after "${last}"`}: this one goes on with it${back}`
}

/** Their records are closed once what they were to play back is played back and proved. */
export function closeCutOffReplays(
  cutOff: readonly Receipt[],
  world: Pick<World, 'receipts' | 'clock'>,
): readonly Step[] {
  return closeGoneOnWith(cutOff, world, 'a later run went on with it')
}
