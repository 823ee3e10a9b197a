import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { carryOut } from '../carryOut.js'
import type { Step } from '../plan.js'
import type { RetentionSettings } from './examineShelf.js'
import { prune } from './prune.js'

/**
 * The step that applies the retention once a backup is good; none where none is configured. The lock is that of the
 * backup, the record its own, so that it can be taken back. What it refuses or fails at makes the run partial: the backup
 * is good.
 */
export function retentionSteps(
  target: Target,
  { policy, ...rest }: RetentionSettings,
  world: World,
): readonly Step[] {
  if (!policy) return []
  return [
    {
      title: 'Apply the retention',
      effect: 'changes',
      afterwards: true,
      async run({ signal, warn, detail }) {
        const retention = { ...rest, policy }
        const request = { target, retention, accept: [], emptyTrash: false }
        const plan = await prune.plan({ ...request, command: 'backup' }, world)
        const { result } = await carryOut({ ...plan, locks: [] }, world, {
          signal,
          warn,
          tell: () => undefined,
        })
        for (const id of result.removed) detail(`${id} moved to the trash`)
        if (result.receipt !== null) detail(`take that back: ops undo ${result.receipt}`)
      },
    },
  ]
}
