import { Failure } from '../domain/failure.js'
import type { Target } from '../domain/target.js'
import type { World } from '../ports/world.js'
import {
  deleteBackups,
  type DeleteRequest,
  type DeleteResult,
} from '../procedures/retention/deleteBackups.js'
import { findBackup } from './backupEntries.js'
import { confirmMildly } from './confirm.js'
import { patiently, type Door } from './door.js'
import { planText, runPlan, showPlan, type Followed, type FollowFlags } from './follow.js'

/** What `ops backup delete` was asked for. */
export interface DeletesRequest extends Omit<DeleteRequest, 'target'> {
  /** Targets among whose backups those named are looked for. */
  readonly targets: readonly Target[]
}

/**
 * Moves named backups of one target to the trash, after a mild question. Throws what deleting throws, and `USAGE` (usage)
 * where they belong to several targets.
 */
export async function deleteNamed(
  { targets, ...request }: DeletesRequest,
  world: World,
  flags: FollowFlags,
  door: Door,
): Promise<Followed<DeleteResult>> {
  const found = await patiently(
    door,
    Promise.all(request.ids.map((id) => findBackup(id, targets, world))),
  )
  const names = [...new Set(found.map(({ target }) => target.name))]
  const target = found[0]?.target
  if (!target || names.length > 1)
    throw new Failure(
      'usage',
      'USAGE',
      `these are backups of ${names.join(' and ')}: one target at a time`,
      ['ops backup list'],
    )
  const ids = found.map(({ entry }) => entry.manifest.id)
  const plan = await patiently(door, deleteBackups.plan({ ...request, ids, target }, world))
  if (flags['dry-run'] === true) return { dryRun: true, plan: planText(plan) }
  if (!door.json && !door.quiet) await showPlan(plan, door)
  const question = 'Go on? Until the trash is emptied, ops undo brings them back.'
  await confirmMildly({ name: target.name, given: flags.confirm }, question, door)
  return { done: await runPlan(plan, world, door) }
}
