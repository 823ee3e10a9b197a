import type { Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import type { Step } from '../plan.js'

/**
 * Procedures on a target that were cut off half-way: their process is gone, their record still says `started`. A copy of
 * the data files is none of them: it changes no data.
 */
export async function unfinished(target: Target, world: World): Promise<readonly Receipt[]> {
  const found: Receipt[] = []
  for (const receipt of await world.receipts.list()) {
    if (touchesNoData(receipt)) continue
    if (receipt.target === target.name && (await world.receipts.abandoned(receipt)))
      found.push(receipt)
  }
  return found
}

/** What was cut off on the shelf or at a place alone is finished by the next sweep; no data is half changed. */
function touchesNoData({ shelf, copies, writesLocked }: Receipt): boolean {
  return (shelf ?? copies ?? writesLocked) !== undefined
}

/** Services that runs on a target stopped, and that none has started again since. */
export async function stoppedBefore(target: Target, world: World): Promise<readonly string[]> {
  const stopped: string[] = []
  for (const receipt of await world.receipts.list()) {
    if (receipt.target !== target.name || touchesNoData(receipt)) continue
    // Whatever went through after it has started them again, or was told not to.
    if (receipt.state === 'done' || receipt.state === 'undone') break
    stopped.push(...(receipt.stopped ?? []))
  }
  return [...new Set(stopped)]
}

/** What to say of one: what was begun, how far it came, and the ways on. */
export function unfinishedText({
  id,
  command,
  title,
  startedAt,
  steps,
  safetyBackup,
  dataFiles,
  stopped = [],
  again = `ops ${command}`,
}: Receipt): string {
  const last = steps.at(-1)
  const way = dataFiles
    ? `"ops undo ${id}" puts the files before it back`
    : safetyBackup === undefined
      ? `run "${again}" again`
      : `"ops undo ${id}" brings the state before it back (${safetyBackup}), or run "${again}" again`
  return [
    `"${title}" of ${startedAt} was cut off${last === undefined ? '' : ` after "${last}"`}: the data may be half restored`,
    ...(stopped.length === 0 ? [] : [`these services may still be stopped: ${stopped.join(', ')}`]),
    way,
  ].join('; ')
}

/** A restore of all that went through replaces whatever an earlier one left half done: its record is closed. */
export function closeUnfinished(receipts: readonly Receipt[], world: World): readonly Step[] {
  if (receipts.length === 0) return []
  return [
    {
      title: 'Close the records of what was cut off before',
      effect: 'changes',
      afterwards: true,
      async run({ warn }) {
        for (const receipt of receipts) {
          warn(
            `"${receipt.title}" of ${receipt.startedAt} was cut off; what it may have left half done is replaced now, and its record is closed`,
          )
          const error = {
            code: 'CUT_OFF',
            message: 'it was killed half-way; a later restore replaced what it left',
          }
          await world.receipts.save({ ...receipt, state: 'failed', error, stopped: [] })
        }
      },
    },
  ]
}
