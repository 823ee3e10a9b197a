import type { Receipt } from '../../domain/receipt.js'
import type { World } from '../../ports/world.js'
import { abandonedRuns, closeGoneOnWith } from '../cutOff.js'
import type { Step } from '../plan.js'

/** Runs that brought containers of a project back and were killed half-way, newest first. */
export function cutOffContainers(
  project: string,
  world: Pick<World, 'receipts'>,
): Promise<readonly Receipt[]> {
  return abandonedRuns(world, ({ containers }) => containers?.project === project)
}

/** What was under way, how far it came, and that this run goes on: it looks at everything anew. */
export function cutOffContainersText({ title, startedAt, steps }: Receipt): string {
  const last = steps.at(-1)
  return `"${title}" of ${startedAt} was cut off${last === undefined ? ' before its first step was done' : ` after "${last}"`}: every service is looked at anew, and this one goes on`
}

/** Their records are closed once everything that this run looked at is well. */
export function closeCutOffContainers(
  cutOff: readonly Receipt[],
  world: Pick<World, 'receipts' | 'clock'>,
): readonly Step[] {
  return closeGoneOnWith(cutOff, world, 'a later run went on')
}
