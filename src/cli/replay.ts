import type { World } from '../ports/world.js'
import type { ReplayRequest } from '../procedures/replay/facts.js'
import { replay, type Replayed } from '../procedures/replay/replay.js'
import { confirmMildly } from './confirm.js'
import { patiently, warn, type Door } from './door.js'
import { planText, runPlan, showPlan, type Followed, type FollowFlags } from './follow.js'

/**
 * Plays kept writes back: shows what would be done, asks, does it. Where nothing is left to be done nobody is asked. Throws what the
 * procedure throws, and what confirming throws.
 */
export async function replayKept(
  request: ReplayRequest,
  flags: FollowFlags,
  world: World,
  door: Door,
): Promise<Followed<Replayed>> {
  const plan = await patiently(door, replay.plan(request, world))
  for (const text of plan.warnings ?? []) warn(door, text)
  if (flags['dry-run'] === true) return { dryRun: true, plan: planText(plan) }
  if (plan.steps.length > 0) {
    if (!door.json && (!door.quiet || flags.confirm === undefined)) await showPlan(plan, door)
    const { name } = request.target
    const question = `Play it back onto ${name}? What was written since the restore is never written over, and "ops undo" takes it back.`
    await confirmMildly({ name, given: flags.confirm }, question, door)
  }
  return { done: await runPlan(plan, world, door) }
}
