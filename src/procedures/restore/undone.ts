import type { Receipt } from '../../domain/receipt.js'
import type { World } from '../../ports/world.js'
import type { TakenAway } from '../dr/takeAwayAgain.js'
import type { Step } from '../plan.js'
import type { RestoreResult } from './restore.js'

/** What `ops undo` answers. */
export interface UndoResult {
  readonly undone: string
  readonly target: string
  readonly dropped: readonly string[]
  readonly restored: RestoreResult | null
  /** Backups that were brought back from the trash. */
  readonly returned: readonly string[]
  /** What became of what had been put back after a deletion. */
  readonly takenAway?: TakenAway
  readonly receipt: string | null
}

/** The last step of taking back: the receipt says so. */
export function markUndone(receipt: Receipt, world: World): Step {
  return {
    title: `Close the record of ${receipt.id}`,
    effect: 'changes',
    afterwards: true,
    run: () => world.receipts.save({ ...receipt, state: 'undone', stopped: [] }),
  }
}
