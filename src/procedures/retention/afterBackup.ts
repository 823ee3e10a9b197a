import type { CopyState } from '../../domain/copy.js'
import type { Target } from '../../domain/target.js'
import type { CopyPlace } from '../../ports/copies.js'
import type { World } from '../../ports/world.js'
import { carryOut } from '../carryOut.js'
import type { Plan, Step, StepContext } from '../plan.js'
import type { RetentionSettings } from './examineShelf.js'
import { prune, type PruneRequest, type PruneResult } from './prune.js'
import { prunePlace } from './prunePlace.js'

/** What the retention did after a backup; ids. */
export type Retained = Pick<PruneResult, 'removed' | 'erased' | 'heldBack' | 'receipt'>

/** The retention that follows a backup: its steps, and what came of them. */
export interface RetentionPart {
  readonly steps: readonly Step[]
  /** Nothing where it was not applied. */
  done(): Retained | undefined
}

/**
 * The steps that apply the retention once a backup is good: to the shelf, then to each place; none where none is
 * configured. The lock is that of the backup, the record their own, so that what went to the trash can be taken back. What
 * they refuse or fail at makes the run partial: the backup is good. `brought` tells what became of the copies before.
 */
export function retentionAfter(
  settings: RetentionSettings | undefined,
  target: Target,
  brought: () => readonly CopyState[],
  world: World,
): RetentionPart {
  let done: Retained | undefined
  if (!settings) return { steps: [], done: () => undefined }
  const { policy } = settings
  const places = world.copies.filter(({ name }) => settings.policyAt?.(name) !== undefined)
  const onShelf = (retention: PruneRequest['retention']): Step => ({
    title: 'Apply the retention',
    effect: 'changes',
    afterwards: true,
    run: async (context) => {
      done = await apply(target, retention, world, context)
    },
  })
  return {
    done: () => done,
    steps: [
      ...(policy ? [onShelf({ ...settings, policy })] : []),
      ...places.map((place) => atPlace(target, place, settings, brought, world)),
    ],
  }
}

async function apply(
  target: Target,
  retention: PruneRequest['retention'],
  world: World,
  context: StepContext,
): Promise<Retained> {
  const { detail } = context
  const request = { target, retention, accept: [], emptyTrash: false }
  const plan = await prune.plan({ ...request, command: 'backup' }, world)
  const { removed, erased, heldBack, receipt } = await within(plan, world, context)
  for (const id of removed) detail(`${id} moved to the trash`)
  for (const id of erased) detail(`${id} deleted from the trash, for good`)
  for (const id of heldBack) detail(`${id} stays in the trash: no good one of its kind is left`)
  if (receipt !== null) detail(`bring back what was moved: ops undo ${receipt}`)
  return { removed, erased, heldBack, receipt }
}

/** A place that did not get the new backup keeps its old ones. */
function atPlace(
  target: Target,
  place: CopyPlace,
  retention: RetentionSettings,
  brought: () => readonly CopyState[],
  world: World,
): Step {
  return {
    title: `Apply the retention to ${place.name}`,
    effect: 'changes',
    afterwards: true,
    async run(context) {
      if (!brought().some(({ to, state }) => to === place.name && state === 'ok')) {
        context.detail(`${place.name} has no copy of the new backup: nothing is removed there`)
        return
      }
      const { signal } = context
      const request = { target, place, retention, signal, accept: [], command: 'backup' as const }
      const done = await within(await prunePlace.plan(request, world), world, context)
      for (const id of done.removed) context.detail(`${id} removed from ${place.name}`)
      for (const { id, because } of done.refused) context.detail(`${id} stays: ${because}`)
    },
  }
}

async function within<Result>(
  plan: Plan<Result>,
  world: World,
  { signal, warn }: StepContext,
): Promise<Result> {
  const watch = { signal, warn, tell: () => undefined }
  return (await carryOut({ ...plan, locks: [] }, world, watch)).result
}
