import type { Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { sweptText } from '../backup/sweptText.js'
import type { Plan } from '../plan.js'
import { returnSlices } from './pruneSlices.js'
import { markUndone, type UndoResult } from '../restore/undone.js'

/** Brings back from the trash what a prune or a delete moved there. Throws what `Shelf.bringBack` throws. */
export function returnRemoved(receipt: Receipt, target: Target, world: World): Plan<UndoResult> {
  const removed = receipt.shelf?.removed ?? []
  const shelf = world.shelf(target)
  let returned: readonly string[] = []
  let slicesBack: readonly string[] = []
  return {
    command: 'undo',
    target: target.name,
    title: `take back "${receipt.title}" of ${receipt.startedAt}`,
    facts: [['Brings back', removed.join(', ')]],
    loses: [],
    steps: [
      {
        title: `Bring back from the trash: ${removed.join(', ')}`,
        effect: 'changes',
        async run({ warn, signal }) {
          for (const leftover of await shelf.sweep()) warn(sweptText(leftover))
          returned = await shelf.bringBack(removed)
          const lost = removed.filter((id) => !returned.includes(id))
          if (lost.length > 0) warn(`no longer in the trash: ${lost.join(', ')}`)
          const slices = receipt.shelf?.slices ?? []
          slicesBack = await returnSlices(target, slices, world, signal)
          if (slicesBack.length < slices.length)
            warn(
              `${(slices.length - slicesBack.length).toString()} slices of the oplog are no longer in the trash`,
            )
          if (receipt.command !== 'backup delete')
            warn('the next prune moves them to the trash again unless backup.retention keeps them')
        },
        async undo() {
          const removal = { at: world.clock.now(), command: receipt.command }
          if (slicesBack.length > 0) await world.slices(target).remove(slicesBack, removal)
          if (returned.length > 0) await shelf.remove(returned, removal)
        },
      },
      markUndone(receipt, world),
    ],
    receipt: () => ({ shelf: { removed: [], returned } }),
    result: (own) => ({
      undone: receipt.id,
      target: target.name,
      dropped: [],
      restored: null,
      returned,
      receipt: own?.id ?? null,
    }),
  }
}
