import { Failure } from '../domain/failure.js'
import type { Acceptable, Alarm } from '../domain/retention/guard.js'
import type { RetentionPolicy } from '../domain/retention/policy.js'
import type { Target } from '../domain/target.js'
import type { World } from '../ports/world.js'
import type { Plan } from '../procedures/plan.js'
import { examineShelf, type RetentionSettings } from '../procedures/retention/examineShelf.js'
import { prune, type PruneResult } from '../procedures/retention/prune.js'
import { confirmMildly } from './confirm.js'
import { patiently, warn, type Door } from './door.js'
import { runPlan, showPlan } from './follow.js'

/** What `ops backup prune` was asked for. */
export interface PrunesRequest {
  readonly targets: readonly Target[]
  readonly retention: RetentionSettings
  readonly accept: readonly Acceptable[]
  readonly emptyTrash: boolean
  /** What must be typed, or given by `--confirm`. */
  readonly name: string
}

/** What was done to each target, or would be. */
export interface Pruned {
  readonly dryRun: boolean
  readonly targets: readonly (PruneResult & {
    /** What would have to be accepted; empty after a run. */
    readonly alarms: readonly Alarm[]
  })[]
}

/** How the operator answered in advance. */
export interface PruneFlags {
  readonly confirm?: string | undefined
  readonly 'dry-run': boolean
}

/**
 * Prunes each target, one after the other, after one question for all of them. A dry run judges and changes nothing, also
 * where something would have to be accepted. Throws what pruning throws, and `RETENTION_MISSING` (usage).
 */
export async function pruneEach(
  request: PrunesRequest,
  world: World,
  flags: PruneFlags,
  door: Door,
): Promise<Pruned> {
  const { retention } = request
  const policy = requirePolicy(retention)
  if (flags['dry-run']) return judgeEach(request, world, door)

  const planning = request.targets.map((target) =>
    prune.plan(
      { ...request, target, retention: { ...retention, policy }, command: 'backup prune' },
      world,
    ),
  )
  const plans = (await patiently(door, Promise.all(planning))).filter(hasWork)
  if (plans.length > 0) await askFor(plans, request, flags, door)
  const done: Pruned['targets'][number][] = []
  for (const plan of plans) done.push({ ...(await runPlan(plan, world, door)), alarms: [] })
  const worked = new Set(done.map(({ target }) => target))
  const targets = request.targets.filter(({ name }) => !worked.has(name))
  const idle = await judgeEach({ ...request, targets }, world, door)
  return { dryRun: false, targets: [...done, ...idle.targets] }
}

function hasWork({ steps }: Plan<PruneResult>): boolean {
  return steps.length > 0
}

async function judgeEach(request: PrunesRequest, world: World, door: Door): Promise<Pruned> {
  const { targets, retention, emptyTrash } = request
  const judged = await patiently(
    door,
    Promise.all(
      targets.map(async (target) => {
        const { verdicts, alarms, expired } = await examineShelf(target, retention, world)
        const trash = emptyTrash ? await world.shelf(target).trash() : expired
        return {
          target: target.name,
          verdicts,
          removed: [],
          erased: trash.map(({ id }) => id),
          receipt: null,
          alarms: alarms.filter(({ accept }) => !request.accept.includes(accept)),
        }
      }),
    ),
  )
  for (const { target, alarms } of judged)
    for (const { says, accept } of alarms)
      warn(door, `${target} would be refused without --accept ${accept}: ${says}`)
  return { dryRun: true, targets: judged }
}

async function askFor(
  plans: readonly Plan<PruneResult>[],
  { name, emptyTrash }: PrunesRequest,
  flags: PruneFlags,
  door: Door,
): Promise<void> {
  if (!door.json && !door.quiet) for (const plan of plans) await showPlan(plan, door)
  const question = emptyTrash
    ? 'Go on? What is in the trash cannot be brought back afterwards.'
    : 'Go on? Until the trash is emptied, ops undo brings them back.'
  await confirmMildly({ name, given: flags.confirm }, question, door)
}

function requirePolicy({ policy }: RetentionSettings): RetentionPolicy {
  if (policy) return policy
  throw new Failure(
    'usage',
    'RETENTION_MISSING',
    'ops.yaml has no backup.retention: nothing says what may be removed',
    [
      'ops backup delete ID',
      'ops config path   (add, under backup:  retention: {daily: 7, weekly: 4})',
    ],
  )
}
