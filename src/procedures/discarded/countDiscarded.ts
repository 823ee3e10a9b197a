import { asBuffer } from '../../archive/asBuffer.js'
import { WriteTally } from '../../archive/oplog/writeTally.js'
import { pointOf } from '../../archive/oplog/point.js'
import type { Looked } from '../../checks/doctor/evidence.js'
import { look } from '../../checks/doctor/look.js'
import type { Optime } from '../../domain/contents.js'
import { rightAfter } from '../../domain/deletions/deletion.js'
import type { Discarded } from '../../domain/discarded.js'
import { replacedData } from '../../domain/leftHalf.js'
import { isAfter, secondOf } from '../../domain/oplog/optime.js'
import { isSinceStandalone } from '../../domain/oplog/window.js'
import type { RestorePoint } from '../../domain/restorePoint.js'
import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import { heldHistory, liveEntries, type HistoryParts } from '../dr/deletionEntries.js'
import { countLive } from './countLive.js'
import { CountingBound, type DiscardLimits } from './countingBound.js'
import type { IsCounted } from './replaced.js'

/** What is to be counted. */
export interface DiscardQuestion {
  readonly target: Target
  /** Nothing where nobody knows what the backup is of. */
  readonly point: RestorePoint | undefined
  /** Namespaces that the restore replaces; asked with the database alone where that was dropped. */
  readonly isReplaced: IsCounted
  readonly signal?: AbortSignal
}

const usual: DiscardLimits = { seconds: 10, entries: 20_000_000 }

/**
 * Counts what was written to a server after the point that it is to be put back to: the server counts its oplog, and slices are
 * read where that does not reach back so far. One entry is in memory at a time. Never throws a `Failure`: what cannot be
 * counted keeps nobody from restoring, and is said with its reason. Throws the signal's reason.
 */
export async function countDiscarded(
  { target, point, isReplaced, signal = new AbortController().signal }: DiscardQuestion,
  session: Pick<MongoSession, 'oplog'> | undefined,
  world: World,
  limits: DiscardLimits = usual,
): Promise<Discarded> {
  if (!point) return notCounted(null, 'the archive does not say when it was taken')
  const since = secondOf(point.at).toISOString()
  if (!session) return notCounted(since, 'the server does not answer')
  const { oplog } = session
  const tally = new WriteTally(isReplaced)
  const bound = new CountingBound(limits, world.clock)
  const looked = await look({ clock: world.clock, signal }, limits.seconds, (within) =>
    read(point, within),
  )
  const { unknown, more } = outcome(looked)
  if (unknown !== undefined) return notCounted(since, unknown)
  const among = await restoresSince(point.at, target, world)
  // That there was no time, or no answer, does not mean that there is nothing to keep.
  if (more !== undefined && tally.entries === 0) return { ...notCounted(since, more), more, among }
  return {
    since,
    until: tally.last ? secondOf(tally.last).toISOString() : null,
    operations: tally.operations(),
    namespaces: tally.written(),
    more: more ?? (tally.beganBefore ? 'a transaction began before that point' : null),
    notCounted: null,
    among,
  }

  async function read({ at, exact, entry }: RestorePoint, within: AbortSignal): Promise<Reading> {
    const window = await oplog.window()
    if (!window) return { unknown: 'the server is a standalone, which keeps no oplog' }
    if (entry !== undefined && !isAfter(window.oldest, at)) {
      const there = await oplog.entryAt(at)
      if (!there || pointOf(there).sha256 !== entry)
        return { unknown: 'what the backup is of is not in the history of this server' }
    }
    const from = exact ? rightAfter(at) : at
    const live = { oplog, window }
    const history = await heldHistory(from, target, live, world, within)
    if (isAfter(history.from, from))
      return {
        unknown: `its oplog goes back to ${secondOf(window.oldest).toISOString()} only, and no slices go on to it from before`,
      }
    const more = await count(await history.parts(), within)
    if (more !== undefined) return { more }
    if (window.startsHidden === true)
      return { more: 'whether the server ran without its set is hidden from this user' }
    return isSinceStandalone(at, window)
      ? {}
      : { more: 'what was written while the server ran without its set is in no oplog' }
  }

  /** Why counting ended early; nothing where it did not. */
  async function count(
    { sliced, live }: HistoryParts,
    within: AbortSignal,
  ): Promise<string | undefined> {
    const ended = await take(sliced)
    if (ended !== undefined || !live || !session) return ended
    const { more, left } = await countLive(live, session.oplog, tally, bound, within)
    return left ? take(liveEntries(left, session.oplog, within)) : more
  }

  async function take(entries: AsyncIterable<Uint8Array>): Promise<string | undefined> {
    for await (const bytes of entries) {
      const more = bound.reached(tally.entries)
      if (more !== undefined) return more
      tally.take(asBuffer(bytes))
    }
    return undefined
  }
}

/** Why nothing could be counted, or not all of it. */
interface Reading {
  readonly unknown?: string
  readonly more?: string
}

function outcome(looked: Looked<Reading>): Reading {
  if (looked.state === 'seen') return looked.facts
  return looked.state === 'refused' ? { unknown: looked.message } : { more: looked.because }
}

/** What restores wrote is in the oplog like everything else. */
async function restoresSince(
  { seconds }: Optime,
  { name }: Target,
  { receipts }: Pick<World, 'receipts'>,
): Promise<readonly string[]> {
  return (await receipts.list())
    .filter((one) => one.target === name && replacedData(one))
    .filter(({ startedAt }) => Date.parse(startedAt) / 1000 >= seconds)
    .map(({ title, startedAt }) => `what "${title}" of ${startedAt} wrote`)
}

function notCounted(since: string | null, because: string): Discarded {
  return {
    since,
    until: null,
    operations: 0,
    namespaces: {},
    more: null,
    notCounted: because,
    among: [],
  }
}
