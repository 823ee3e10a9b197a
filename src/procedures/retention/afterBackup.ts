import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { carryOut } from '../carryOut.js'
import type { Step, StepContext } from '../plan.js'
import type { RetentionSettings } from './examineShelf.js'
import { prune, type PruneRequest, type PruneResult } from './prune.js'

/** What the retention did after a backup; ids. */
export type Retained = Pick<PruneResult, 'removed' | 'erased' | 'heldBack' | 'receipt'>

/** The retention that follows a backup: its steps, and what came of them. */
export interface RetentionPart {
  readonly steps: readonly Step[]
  /** Nothing where it was not applied. */
  done(): Retained | undefined
}

/**
 * The step that applies the retention once a backup is good; none where none is configured. The lock is that of the
 * backup, the record its own, so that it can be taken back. What it refuses or fails at makes the run partial: the backup
 * is good.
 */
export function retentionAfter(
  settings: RetentionSettings | undefined,
  target: Target,
  world: World,
): RetentionPart {
  let done: Retained | undefined
  const policy = settings?.policy
  if (!settings || !policy) return { steps: [], done: () => undefined }
  return {
    done: () => done,
    steps: [
      {
        title: 'Apply the retention',
        effect: 'changes',
        afterwards: true,
        run: async (context) => {
          done = await apply(target, { ...settings, policy }, world, context)
        },
      },
    ],
  }
}

async function apply(
  target: Target,
  retention: PruneRequest['retention'],
  world: World,
  { signal, warn, detail }: StepContext,
): Promise<Retained> {
  const request = { target, retention, accept: [], emptyTrash: false }
  const plan = await prune.plan({ ...request, command: 'backup' }, world)
  const watch = { signal, warn, tell: () => undefined }
  const { result } = await carryOut({ ...plan, locks: [] }, world, watch)
  const { removed, erased, heldBack, receipt } = result
  for (const id of removed) detail(`${id} moved to the trash`)
  for (const id of erased) detail(`${id} deleted from the trash, for good`)
  for (const id of heldBack) detail(`${id} stays in the trash: no good one of its kind is left`)
  if (receipt !== null) detail(`bring back what was moved: ops undo ${receipt}`)
  return { removed, erased, heldBack, receipt }
}
