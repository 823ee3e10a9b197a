import { Failure } from '../../domain/failure.js'
import { verdict, type Finding } from '../../domain/finding.js'
import { baseOf, type Base } from '../../domain/oplog/base.js'
import { decideContinuity } from '../../domain/oplog/continuity.js'
import { historyOf, type Reach } from '../../domain/oplog/timelines.js'
import { secondOf } from '../../domain/oplog/optime.js'
import type { Optime } from '../../domain/contents.js'
import type { GapReason } from '../../domain/oplog/gap.js'
import type { Target } from '../../domain/target.js'
import type { Shelf } from '../../ports/shelf.js'
import type { FollowerNote, SliceHoldings, SliceState } from '../../ports/slices.js'
import type { World } from '../../ports/world.js'
import { sliceEvidence } from './evidence.js'
import { judgeSlices, type OplogSeen } from './judgeSlices.js'

/** A moment of an oplog: its second (RFC 3339 UTC), and `seconds:ordinal`, which names one entry. */
export interface Moment {
  readonly time: string
  readonly optime: string
}

/** Times that can be restored to, both ends included. */
export interface ReachedTimes {
  /** Absent for a base that no slice continues. */
  readonly timeline?: number
  readonly from: Moment
  readonly to: Moment
  /** Bases within, oldest first. */
  readonly bases: readonly { readonly id: string; readonly at: Moment }[]
  readonly slices: number
  /** Bytes of the files of those slices. */
  readonly bytes: number
  /** Times among them that cannot be restored to: from an operation that is refused until a base after it, or to the end. */
  readonly refused: readonly {
    readonly from: Moment
    readonly until?: Moment
    readonly what: string
  }[]
}

/** Times that were lost. `until` is absent where nothing that can be reached follows. */
export interface LostTimes {
  readonly timeline: number
  readonly reason: GapReason | 'missing'
  readonly after: Moment
  readonly until?: Moment
}

/** The oplog of the server, or why it could not be asked. */
export type OplogState =
  | { readonly state: 'standalone' }
  | { readonly state: 'not seen'; readonly because: string }
  | {
      readonly state: 'seen'
      readonly oldest: Moment
      readonly newest: Moment
      /** Seconds between the two. */
      readonly windowSeconds: number
      readonly replicaSetId?: string
    }

/** Where a target's point-in-time recovery stands. */
export interface SliceStatus {
  readonly target: string
  readonly enabled: boolean
  readonly everySeconds: number
  readonly verdict: 'ok' | 'warn' | 'fail'
  readonly findings: readonly Finding[]
  /** Seconds from the last entry that was read to now; absent where there is no slice. */
  readonly lagSeconds?: number
  readonly oplog: OplogState
  /** What the follower says of itself; null where none runs. */
  readonly follower: (FollowerNote & { readonly gone: boolean }) | null
  /** Oldest first. */
  readonly reaches: readonly ReachedTimes[]
  readonly gaps: readonly LostTimes[]
  readonly slices: { readonly count: number; readonly bytes: number }
  readonly folder: string
}

/** Looks at the slices, the bases and the oplog of a target. Changes nothing; a server that does not answer is told of. */
export async function sliceStatus(
  target: Target,
  everySeconds: number,
  world: World,
  signal: AbortSignal,
): Promise<SliceStatus> {
  const slices = world.slices(target)
  const holdings = await slices.holdings()
  const history = historyOf({ ...holdings, bases: await basesOn(world.shelf(target)) })
  const state = await slices.state().catch((error: unknown) => {
    // What cannot be read is named by the holdings; the rest is told all the same.
    if (error instanceof Failure && error.code === 'SLICES_UNREADABLE') return undefined
    throw error
  })
  const oplog = await oplogSeen(target, state, world, signal)
  const tail = state?.tail
  const now = world.clock.now()
  const lag = tail && Math.max(0, Math.round(now.getTime() / 1000 - tail.end.at.seconds))
  const follower = await slices.follower()
  const looked = {
    ...(follower ? { follower } : {}),
    target,
    everySeconds,
    history,
    holdings,
    oplog,
    now,
    tail,
    lagSeconds: lag,
  }
  const findings = judgeSlices(looked)
  return {
    target: target.name,
    enabled: target.pointInTime,
    everySeconds,
    verdict: verdict(findings),
    findings,
    ...(lag === undefined ? {} : { lagSeconds: lag }),
    oplog: oplogState(oplog),
    follower: follower ?? null,
    reaches: history.reaches.map(reached),
    gaps: history.gaps.map(({ until, after, ...gap }) => ({
      ...gap,
      after: moment(after),
      ...(until ? { until: moment(until) } : {}),
    })),
    slices: { count: holdings.slices.length, bytes: bytesOf(holdings) },
    folder: slices.folder,
  }
}

function moment(at: Optime): Moment {
  const optime = `${at.seconds.toString()}:${at.ordinal.toString()}`
  return { time: secondOf(at).toISOString(), optime }
}

function reached({ timeline, from, to, bases, slices, refused }: Reach): ReachedTimes {
  return {
    ...(timeline === undefined ? {} : { timeline }),
    from: moment(from),
    to: moment(to),
    bases: bases.map(({ id, last }) => ({ id, at: moment(last.at) })),
    slices: slices.length,
    bytes: slices.reduce((sum, slice) => sum + slice.bytes, 0),
    refused: refused.map(({ what, until, ...one }) => ({
      from: moment(one.from),
      ...(until ? { until: moment(until) } : {}),
      what,
    })),
  }
}

function oplogState(seen: OplogSeen): OplogState {
  if (seen.state !== 'seen') return seen
  const { oldest, newest, replicaSetId } = seen.window
  return {
    state: 'seen',
    oldest: moment(oldest),
    newest: moment(newest),
    windowSeconds: newest.seconds - oldest.seconds,
    ...(replicaSetId === undefined ? {} : { replicaSetId }),
  }
}

/** Every good base of a shelf, those without a slice included. */
export async function basesOn(shelf: Pick<Shelf, 'list'>): Promise<readonly Base[]> {
  return (await shelf.list()).flatMap(({ manifest, present }) => baseOf(manifest, present) ?? [])
}

function bytesOf({ slices }: SliceHoldings): number {
  return slices.reduce((sum, { manifest }) => sum + manifest.bytes, 0)
}

async function oplogSeen(
  target: Target,
  state: SliceState | undefined,
  world: World,
  signal: AbortSignal,
): Promise<OplogSeen> {
  try {
    const session = await world.mongo.connect(target, signal)
    try {
      const window = await session.oplog.window()
      if (!window) return { state: 'standalone' }
      if (!state) return { state: 'not seen', because: 'it is not known where the slices end' }
      const evidence = await sliceEvidence(target, state, window, session.oplog, world)
      return { state: 'seen', window, next: decideContinuity(evidence) }
    } finally {
      await session.close()
    }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof Failure) return { state: 'not seen', because: error.message }
    throw error
  }
}
