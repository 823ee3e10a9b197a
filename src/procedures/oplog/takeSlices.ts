import type { Anchor } from '../../domain/oplog/base.js'
import { decideContinuity, type Continuity } from '../../domain/oplog/continuity.js'
import { Failure } from '../../domain/failure.js'
import type { GapMarker } from '../../domain/oplog/gap.js'
import { isAfter } from '../../domain/oplog/optime.js'
import type { Refusal, SliceManifest } from '../../domain/oplog/slice.js'
import { isReached } from '../../domain/oplog/reached.js'
import type { UnfitBase } from '../../domain/oplog/unfit.js'
import { isKeepable } from '../../domain/retention/judge.js'
import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { SliceState } from '../../ports/slices.js'
import type { World } from '../../ports/world.js'
import type { Compression } from '../backup/storeStream.js'
import { sliceEvidence } from './evidence.js'
import { readSlice, type SliceJob } from './readSlice.js'
import { sliceLock } from './sliceLock.js'

/** Raw bytes of a slice at most, give or take an entry: what was missed for days comes in parts that can be handled. */
const usualSliceBytes = 256 * 1024 * 1024

/** What taking slices needs to know. */
export interface SlicesRequest {
  readonly target: Target
  readonly compression: Compression
  /** The command as the operator knows it, for whoever finds the lock. */
  readonly command: string
  readonly sliceBytes?: number
}

/** Why a base has to be taken before, or beside, more slices. */
export type BaseNeeded =
  | { readonly why: 'no base'; readonly unfit?: UnfitBase }
  /** No good base leads to the slices any more: it was removed or is damaged, or a slice between is. */
  | { readonly why: 'not reached' }
  | { readonly why: 'refused operation'; readonly operation: Refusal }

/** What came of it. */
export interface TakenSlices {
  readonly target: string
  /** Slices that were put on the shelf, in order; none where nothing new was written. */
  readonly slices: readonly SliceManifest[]
  /** Ids of bases that were found to lie on the timeline. */
  readonly bases: readonly string[]
  /** The timeline that turned out to have ended. */
  readonly gap?: GapMarker
  readonly baseNeeded?: BaseNeeded
}

/** Who watches. */
export interface SlicesContext {
  readonly signal: AbortSignal
  readonly warn: (text: string) => void
}

/**
 * Reads what the oplog has since the last slice, and puts it on the shelf. Where it cannot be continued, the timeline is
 * closed for good and a new one begins behind a base, if there is one. Throws `POINT_IN_TIME_OFF` (usage),
 * `NO_REPLICA_SET` (refused), `TARGET_LOCKED` (locked), and what reading and writing throw.
 */
export async function takeSlices(
  request: SlicesRequest,
  world: World,
  context: SlicesContext,
): Promise<TakenSlices> {
  const { target, command } = request
  requireEnabled(target)
  const held = await world.locks.take(sliceLock(target.name), command)
  try {
    return await takeSlicesLocked(request, world, context)
  } finally {
    await held.release()
  }
}

/** The same for whoever holds the lock. */
export async function takeSlicesLocked(
  request: SlicesRequest,
  world: World,
  context: SlicesContext,
): Promise<TakenSlices> {
  requireEnabled(request.target)
  const session = await world.mongo.connect(request.target, context.signal)
  try {
    return await withSession(request, session, world, context)
  } finally {
    await session.close()
  }
}

async function withSession(
  request: SlicesRequest,
  { oplog }: MongoSession,
  world: World,
  { signal, warn }: SlicesContext,
): Promise<TakenSlices> {
  const { target, compression, sliceBytes = usualSliceBytes } = request
  const slices = world.slices(target)
  const window = await oplog.window()
  if (!window) throw noReplicaSet(target)
  for (const text of await slices.prepare()) warn(text)
  const state = await slices.state()
  const decided = decideContinuity(await sliceEvidence(target, state, window, oplog, world))
  const gap = gapOf(decided, state, target, world)
  if (gap) await slices.mark(gap)
  const told = { target: target.name, ...(gap ? { gap } : {}) }
  if (decided.kind === 'base needed') {
    const { unfit } = decided
    const baseNeeded = { why: 'no base' as const, ...(unfit ? { unfit } : {}) }
    return { ...told, slices: [], bases: [], baseNeeded }
  }

  const { timeline } = decided
  const found = decided.anchors.map(({ id, first, last }): Anchor => ({
    version: 1,
    base: id,
    timeline,
    first,
    last,
  }))
  const anchors = [...state.anchors, ...found].filter((anchor) => anchor.timeline === timeline)
  const job: SliceJob = { target, compression, sliceBytes, window, oplog, slices, world }
  const taken: SliceManifest[] = []
  let before = state.tail?.timeline === timeline ? state.tail : undefined
  let { from } = decided
  // A base is tied to slices that are there: one that began the timeline is looked for again until it has one.
  const tie = async () => {
    for (const anchor of found) await slices.anchor(anchor)
  }
  if (before) await tie()
  while (isAfter(window.newest, from.at)) {
    const due = stillDue(before?.baseDue, anchors)
    const start = {
      timeline,
      from,
      ...(before ? { before } : {}),
      ...(due ? { baseDue: due } : {}),
    }
    const isFirst = !before
    before = await readSlice(start, job, signal)
    // At once: a run that is killed before the others must not leave slices that nothing leads to.
    if (isFirst) await tie()
    from = before.end
    taken.push(before)
  }
  const baseNeeded = before && (await neededNow(before, anchors, target, world))
  return {
    ...told,
    slices: taken,
    bases: before ? found.map(({ base }) => base) : [],
    ...(baseNeeded ? { baseNeeded } : {}),
  }
}

/** Why slices that go on need a base all the same; nothing where they need none. */
async function neededNow(
  tail: SliceManifest,
  anchors: readonly Anchor[],
  target: Target,
  world: World,
): Promise<BaseNeeded | undefined> {
  const { entries } = await world.shelf(target).catalog()
  const good = entries.filter(({ manifest: { trust }, present }) => isKeepable({ trust, present }))
  const ids = new Set(good.map(({ manifest: { id } }) => id))
  const { slices } = await world.slices(target).holdings()
  if (!isReached(tail, { slices, anchors }, ids)) return { why: 'not reached' }
  const due = stillDue(tail.baseDue, anchors)
  return due && { why: 'refused operation', operation: due }
}

function gapOf(
  { ended }: Continuity,
  { tail }: SliceState,
  { name }: Target,
  { clock }: Pick<World, 'clock'>,
): GapMarker | undefined {
  if (ended === undefined || !tail) return undefined
  const { timeline, end: after } = tail
  const at = clock.now().toISOString()
  return { version: 1, target: name, timeline, after, reason: ended, at }
}

/** The refused operation after which no base has been begun, unless one has by now. */
function stillDue(due: Refusal | undefined, anchors: readonly Anchor[]): Refusal | undefined {
  if (!due) return undefined
  const { at, last = at } = due
  const begun = anchors.some((anchor) => !isAfter(last, anchor.first ?? anchor.last.at))
  return begun ? undefined : due
}

/** Throws `POINT_IN_TIME_OFF` (usage). */
export function requireEnabled({ name, pointInTime }: Target): void {
  if (pointInTime) return
  throw new Failure(
    'usage',
    'POINT_IN_TIME_OFF',
    `ops.yaml does not ask for point-in-time recovery of "${name}": its backups are no bases for slices`,
    ['pitr: {enabled: true}   (in ops.yaml)', 'ops backup'],
  )
}

/** `NO_REPLICA_SET` (refused): what ops does with an oplog cannot be done without one. */
export function noReplicaSet({ name }: Target): Failure {
  return new Failure(
    'refused',
    'NO_REPLICA_SET',
    `the server of "${name}" is a standalone: it has no oplog to take slices of`,
    [
      `ops pitr enable --target ${name}   (a service of the compose project)`,
      'start mongod with --replSet rs0 (and --keyFile, where it asks for passwords), then once: mongosh --eval "rs.initiate()"   (a set of one member is enough; the data stays)',
      'ops doctor',
    ],
  )
}
