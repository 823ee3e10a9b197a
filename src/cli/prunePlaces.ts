import { Failure } from '../domain/failure.js'
import type { Acceptable } from '../domain/retention/alarm.js'
import type { Target } from '../domain/target.js'
import type { World } from '../ports/world.js'
import type { Plan } from '../procedures/plan.js'
import { examinePlace } from '../procedures/retention/examinePlace.js'
import type { RetentionSettings } from '../procedures/retention/examineShelf.js'
import { slicesGoingAt } from '../procedures/retention/placeSlices.js'
import { prunePlace, type PlacePruned } from '../procedures/retention/prunePlace.js'
import { patiently, warn, type Door } from './door.js'
import { runPlan } from './follow.js'

/** What pruning the places of some targets needs to know. */
export interface PlacesRequest {
  readonly targets: readonly Target[]
  readonly retention: RetentionSettings
  readonly accept: readonly Acceptable[]
}

/** What is to be done with the copies of a target at a place, or what it came to already. */
export interface PlannedPlace {
  readonly target: string
  readonly place: string
  readonly plan?: Plan<PlacePruned>
  readonly outcome?: PlacePruned
}

/** A plan for each target at each place; one that cannot be made (a place that cannot be reached) keeps no other from it. */
export async function planPlaces(
  request: PlacesRequest,
  world: World,
  door: Door,
): Promise<readonly PlannedPlace[]> {
  return each(request, world, async (target, place) => {
    const { signal } = door.interruption
    const { retention, accept } = request
    const asked = { target, place, retention, accept, signal, command: 'backup prune' as const }
    const names = { target: target.name, place: place.name }
    try {
      const plan = await patiently(door, prunePlace.plan(asked, world))
      return plan.steps.length > 0
        ? { ...names, plan }
        : { ...names, outcome: plan.result(undefined) }
    } catch (error) {
      return { ...names, outcome: failed(place.name, error, door) }
    }
  })
}

/** Carries out what was planned, one after the other; one that fails keeps no other from it. */
export async function runPlaces(
  planned: readonly PlannedPlace[],
  world: World,
  door: Door,
): Promise<readonly (readonly [target: string, done: PlacePruned])[]> {
  const done: (readonly [string, PlacePruned])[] = []
  for (const { target, place, plan, outcome } of planned) {
    if (outcome) done.push([target, outcome])
    if (!plan) continue
    try {
      done.push([target, await runPlan(plan, world, door)])
    } catch (error) {
      // What went before it failed is gone all the same.
      done.push([
        target,
        { ...plan.result(undefined), failure: failed(place, error, door).failure },
      ])
    }
  }
  return done
}

/** What would become of the copies, without changing any. */
export async function judgePlaces(
  request: PlacesRequest,
  world: World,
  door: Door,
): Promise<readonly PlannedPlace[]> {
  const { retention, accept } = request
  return each(request, world, async (target, place) => {
    const names = { target: target.name, place: place.name }
    try {
      const asked = { target, place, retention, signal: door.interruption.signal }
      const { verdicts, alarms, entries, going } = await patiently(door, examinePlace(asked, world))
      const along = await patiently(door, slicesGoingAt(asked, entries, going, world))
      const slices = {
        removed: along.length,
        bytes: along.reduce((sum, { bytes }) => sum + bytes, 0),
      }
      const open = alarms.filter((alarm) => !accept.includes(alarm.accept))
      return { ...names, outcome: { ...nothing(place.name), verdicts, slices, alarms: open } }
    } catch (error) {
      return { ...names, outcome: failed(place.name, error, door) }
    }
  })
}

async function each(
  { targets, retention }: PlacesRequest,
  { copies }: World,
  work: (target: Target, place: World['copies'][number]) => Promise<PlannedPlace>,
): Promise<readonly PlannedPlace[]> {
  const places = copies.filter(({ name }) => retention.policyAt?.(name) !== undefined)
  const planned: PlannedPlace[] = []
  for (const target of targets) for (const place of places) planned.push(await work(target, place))
  return planned
}

/** Only what is expected, and no interruption: those end the whole run. */
function failed(place: string, error: unknown, door: Door): PlacePruned {
  if (!(error instanceof Failure) || door.interruption.signal.aborted) throw error
  const { kind, code, message, next } = error
  warn(door, `${place} was not pruned: ${message}`)
  return { ...nothing(place), failure: { kind, code, message, next } }
}

function nothing(place: string): PlacePruned {
  return {
    place,
    verdicts: [],
    removed: [],
    refused: [],
    slices: { removed: 0, bytes: 0 },
    swept: [],
    alarms: [],
    failure: null,
  }
}
