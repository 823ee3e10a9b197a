import { Failure } from '../domain/failure.js'
import type { Acceptable, Alarm } from '../domain/retention/alarm.js'
import type { Target } from '../domain/target.js'
import type { World } from '../ports/world.js'
import type { Plan } from '../procedures/plan.js'
import { examineShelf, type RetentionSettings } from '../procedures/retention/examineShelf.js'
import { slicesGoing } from '../procedures/retention/pruneSlices.js'
import type { PlacePruned } from '../procedures/retention/prunePlace.js'
import { prune, type PruneResult } from '../procedures/retention/prune.js'
import { confirmMildly } from './confirm.js'
import { patiently, warn, type Door } from './door.js'
import { runPlan, showPlan } from './follow.js'
import { judgePlaces, planPlaces, runPlaces } from './prunePlaces.js'

/** What `ops backup prune` was asked for. */
export interface PrunesRequest {
  readonly targets: readonly Target[]
  readonly retention: RetentionSettings
  readonly accept: readonly Acceptable[]
  readonly emptyTrash: boolean
  /** What must be typed, or given by `--confirm`. */
  readonly name: string
}

/** What was done to the shelf of a target, or would be. */
type ShelfPruned = PruneResult & {
  /** What would have to be accepted; empty after a run. */
  readonly alarms: readonly Alarm[]
}

/** What was done to each target, or would be. */
export interface Pruned {
  readonly dryRun: boolean
  readonly targets: readonly (ShelfPruned & {
    /** The same for its copies, in the order of `backup.copies`. */
    readonly places: readonly PlacePruned[]
  })[]
}

/** How the operator answered in advance. */
export interface PruneFlags {
  readonly confirm?: string | undefined
  readonly 'dry-run': boolean
}

/**
 * Prunes each target, one after the other, after one question for all of them: the shelf first, then the places. A place
 * that fails keeps nothing else from being pruned; `requirePruned` tells of it afterwards. A dry run judges and changes
 * nothing, also where something would have to be accepted. Throws what pruning a shelf throws, and `RETENTION_MISSING`
 * (usage).
 */
export async function pruneEach(
  request: PrunesRequest,
  world: World,
  flags: PruneFlags,
  door: Door,
): Promise<Pruned> {
  requirePolicy(request, world)
  if (flags['dry-run']) {
    const shelves = await judgeEach(request, world, door)
    const judged = await judgePlaces(request, world, door)
    const places = judged.flatMap(({ target, outcome }) =>
      outcome ? [[target, outcome] as const] : [],
    )
    for (const [target, { place, alarms }] of places) warnOf(`${target} in ${place}`, alarms, door)
    return together(true, request, shelves, places)
  }
  const plans = await planShelves(request, world, door)
  const planned = await planPlaces(request, world, door)
  const all = [...plans, ...planned.flatMap(({ plan }) => plan ?? [])]
  if (all.length > 0) await askFor(all, request, flags, door)
  const done: ShelfPruned[] = []
  for (const plan of plans) done.push({ ...(await runPlan(plan, world, door)), alarms: [] })
  const places = await runPlaces(planned, world, door)
  const worked = new Set(done.map(({ target }) => target))
  const targets = request.targets.filter(({ name }) => !worked.has(name))
  const idle = await judgeEach({ ...request, targets }, world, door)
  return together(false, request, [...done, ...idle], places)
}

/** Throws the first failure of a place as `partial`: the shelf is pruned all the same. Its facts hold what became of each. */
export function requirePruned(pruned: Pruned): Pruned {
  const failed = pruned.targets.flatMap(({ target, places }) =>
    places.flatMap(({ place, failure }) => (failure ? [{ target, place, ...failure }] : [])),
  )
  const [first] = failed
  if (!first) return pruned
  const says = failed.map(({ target, place, message }) => `${target} in ${place}: ${message}`)
  throw new Failure(
    'partial',
    first.code,
    `the shelf is ${pruned.dryRun ? 'judged' : 'pruned'}, but not every place: ${says.join('; ')}`,
    [...new Set(failed.flatMap(({ next }) => next))],
    { facts: { targets: pruned.targets } },
  )
}

function together(
  dryRun: boolean,
  request: PrunesRequest,
  shelves: readonly ShelfPruned[],
  places: readonly (readonly [target: string, done: PlacePruned])[],
): Pruned {
  const inOrder = request.targets.flatMap(({ name }) =>
    shelves.filter(({ target }) => target === name),
  )
  return {
    dryRun,
    targets: inOrder.map((shelf) => ({
      ...shelf,
      places: places.flatMap(([target, done]) => (target === shelf.target ? [done] : [])),
    })),
  }
}

/** Without a policy the shelf is left alone, its trash as well. */
async function planShelves(
  request: PrunesRequest,
  world: World,
  door: Door,
): Promise<readonly Plan<PruneResult>[]> {
  const { retention } = request
  const { policy } = retention
  if (!policy) return []
  const planning = request.targets.map((target) =>
    prune.plan(
      { ...request, target, retention: { ...retention, policy }, command: 'backup prune' },
      world,
    ),
  )
  return (await patiently(door, Promise.all(planning))).filter(({ steps }) => steps.length > 0)
}

async function judgeEach(
  request: PrunesRequest,
  world: World,
  door: Door,
): Promise<readonly ShelfPruned[]> {
  const { targets, retention, emptyTrash } = request
  const judged = await patiently(
    door,
    Promise.all(
      targets.map(async (target) => {
        const examined = await examineShelf(target, retention, world)
        const { verdicts, alarms, heldBack } = examined
        const slices = retention.policy
          ? await slicesGoing(target, retention, examined.going, world)
          : []
        const trash = emptyTrash ? examined.erasable : examined.expired
        return {
          target: target.name,
          verdicts,
          removed: [],
          erased: retention.policy ? trash.map(({ id }) => id) : [],
          slices: {
            removed: slices.length,
            bytes: slices.reduce((sum, { bytes }) => sum + bytes, 0),
            erased: 0,
          },
          heldBack: heldBack.map(({ id }) => id),
          receipt: null,
          alarms: alarms.filter(({ accept }) => !request.accept.includes(accept)),
        }
      }),
    ),
  )
  for (const { target, alarms } of judged) warnOf(target, alarms, door)
  return judged
}

function warnOf(what: string, alarms: readonly Alarm[], door: Door): void {
  for (const { says, accept } of alarms)
    warn(door, `${what} would be refused without --accept ${accept}: ${says}`)
}

async function askFor(
  plans: readonly Plan<unknown>[],
  { name, emptyTrash }: PrunesRequest,
  flags: PruneFlags,
  door: Door,
): Promise<void> {
  if (!door.json && !door.quiet) for (const plan of plans) await showPlan(plan, door)
  const question = emptyTrash
    ? 'Go on? What is in the trash cannot be brought back afterwards.'
    : 'Go on? Until the trash is emptied, ops undo brings back what goes from the shelf; what goes from a place is gone.'
  await confirmMildly({ name, given: flags.confirm }, question, door)
}

function requirePolicy({ retention }: PrunesRequest, { copies }: World): void {
  const { policy, policyAt } = retention
  if (policy ?? copies.some(({ name }) => policyAt?.(name) !== undefined)) return
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
