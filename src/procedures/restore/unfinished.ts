import type { Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'

/** Procedures on a target that were cut off half-way: their process is gone, their record still says `started`. */
export async function unfinished(target: Target, world: World): Promise<readonly Receipt[]> {
  const found: Receipt[] = []
  for (const receipt of await world.receipts.list()) {
    if (receipt.target === target.name && (await world.receipts.abandoned(receipt)))
      found.push(receipt)
  }
  return found
}

/** What to say of one: what was begun, how far it came, and the ways on. */
export function unfinishedText({
  id,
  command,
  title,
  startedAt,
  steps,
  safetyBackup,
}: Receipt): string {
  const last = steps.at(-1)
  const way =
    safetyBackup === undefined
      ? `run "ops ${command}" again`
      : `"ops undo ${id}" brings the state before it back (${safetyBackup}), or run "ops ${command}" again`
  return `"${title}" of ${startedAt} was cut off${last === undefined ? '' : ` after "${last}"`}: the data may be half restored; ${way}`
}
