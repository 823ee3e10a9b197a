import type { CopyState } from '../../domain/copy.js'
import type { Target } from '../../domain/target.js'
import type { CopyPlace } from '../../ports/copies.js'
import type { World } from '../../ports/world.js'
import { carryOut } from '../carryOut.js'
import type { Plan, Step, StepContext } from '../plan.js'
import type { RetentionSettings } from './examineShelf.js'
import { prune } from './prune.js'
import { prunePlace } from './prunePlace.js'

/**
 * The steps that apply the retention once a backup is good: to the shelf, then to each place; none where none is
 * configured. The lock is that of the backup, the record their own, so that what went to the trash can be taken back. What
 * they refuse or fail at makes the run partial: the backup is good. `brought` tells what became of the copies before.
 */
export function retentionSteps(
  target: Target,
  retention: RetentionSettings,
  brought: () => readonly CopyState[],
  world: World,
): readonly Step[] {
  const { policy } = retention
  const places = world.copies.filter(({ name }) => retention.policyAt?.(name) !== undefined)
  return [
    ...(policy ? [onShelf(target, { ...retention, policy }, world)] : []),
    ...places.map((place) => atPlace(target, place, retention, brought, world)),
  ]
}

function onShelf(
  target: Target,
  retention: Parameters<typeof prune.plan>[0]['retention'],
  world: World,
): Step {
  return {
    title: 'Apply the retention',
    effect: 'changes',
    afterwards: true,
    async run(context) {
      const request = { target, retention, accept: [], emptyTrash: false }
      const plan = await prune.plan({ ...request, command: 'backup' }, world)
      const { removed, receipt } = await within(plan, world, context)
      for (const id of removed) context.detail(`${id} moved to the trash`)
      if (receipt !== null) context.detail(`take that back: ops undo ${receipt}`)
    },
  }
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
