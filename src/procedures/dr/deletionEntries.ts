import { pointOf } from '../../archive/oplog/point.js'
import type { Optime } from '../../domain/contents.js'
import { rightAfter, rightBefore } from '../../domain/deletions/deletion.js'
import { Failure } from '../../domain/failure.js'
import { compareOptimes, isAfter } from '../../domain/oplog/optime.js'
import { historyOf, type Run } from '../../domain/oplog/timelines.js'
import type { OplogWindow } from '../../domain/oplog/window.js'
import type { Target } from '../../domain/target.js'
import type { Oplog } from '../../ports/oplog.js'
import type { World } from '../../ports/world.js'
import { entriesOf, proveStretch } from '../oplog/entries.js'

/** What is known of the past of a server, entry by entry. */
export interface HeldHistory {
  /** From here on nothing is missing. */
  readonly from: Optime
  readonly to: Optime
  /** Whether slices are read for what has left the oplog. */
  readonly fromSlices: boolean
  /** Each is valid until the next is asked for. */
  readonly entries: AsyncIterable<Uint8Array>
  /** The same in two parts, in this order. */
  readonly parts: () => Promise<HistoryParts>
}

/** What slices have of it, and what the live oplog has behind that; `live` is absent where slices have all of it. */
export interface HistoryParts {
  readonly sliced: AsyncIterable<Uint8Array>
  readonly live?: LiveStretch
}

/** A part of the live oplog that is to be read to the end `to`. */
export interface LiveStretch {
  readonly from: Optime
  readonly to: Optime
  /** Whether `from` is an entry that has to be there; another moment has to lie behind the oldest entry. */
  readonly isEntry: boolean
  /** Whether that entry itself was read already. */
  readonly isRead: boolean
}

/**
 * What the live oplog has from a moment on, and before it what slices have that reach up to it without a gap. The entries
 * throw what reading either throws, `OPLOG_ROLLED_ON` (failed) where entries left the oplog before they were read, and the
 * signal's reason.
 */
export async function heldHistory(
  since: Optime,
  target: Target,
  live: { readonly oplog: Oplog; readonly window: OplogWindow },
  world: World,
  signal: AbortSignal,
): Promise<HeldHistory> {
  const { oplog, window } = live
  const { oldest, newest: to } = window
  const run = isAfter(oldest, since) ? await runUpTo(oldest, target, world) : undefined
  // What slices begin behind is in the base.
  const from = run ? later(since, rightAfter(run.start)) : later(since, oldest)
  async function parts(): Promise<HistoryParts> {
    // Slices as far as they reach: the oldest entries of the oplog leave it while those are read.
    const seam = run && (await seamOf(run, to, oplog))
    const sliced = slicedUpTo(seam ?? rightBefore(oldest))
    const begin = later(from, seam ?? oldest)
    if (isAfter(begin, to)) return { sliced }
    const known = [seam, oldest].find((one) => one && compareOptimes(one, begin) === 0)
    const isRead = known !== undefined && known === seam
    return { sliced, live: { from: begin, to, isEntry: known !== undefined, isRead } }
  }
  async function* slicedUpTo(end: Optime): AsyncGenerator<Uint8Array> {
    if (run) yield* entriesIn(run, from, end, target, world, signal)
  }
  async function* entries(): AsyncGenerator<Uint8Array> {
    const { sliced, live: stretch } = await parts()
    yield* sliced
    if (stretch) yield* liveEntries(stretch, oplog, signal)
  }
  return { from, to, fromSlices: run !== undefined, entries: entries(), parts }
}

/** The end of slices, where the oplog has it: from there on it is read. */
async function seamOf({ end }: Run, to: Optime, oplog: Oplog): Promise<Optime | undefined> {
  if (isAfter(end, to)) return undefined
  return (await oplog.entryAt(end)) === undefined ? undefined : end
}

/**
 * The entries of a part of the live oplog. Throws `OPLOG_ROLLED_ON` (failed) where the first of them left it before they were
 * read, and what reading throws.
 */
export async function* liveEntries(
  { from, to, isEntry, isRead }: LiveStretch,
  oplog: Oplog,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let isFirst = true
  for await (const entry of oplog.entries(from, to, signal)) {
    if (isFirst) {
      isFirst = false
      const isThere = isEntry
        ? compareOptimes(pointOf(entry).at, from) === 0
        : await reachesBack(from, oplog)
      if (!isThere) throw rolledOn()
      if (isRead) continue
    }
    yield entry
  }
  if (isFirst && isEntry) throw rolledOn()
}

/** Throws `OPLOG_ROLLED_ON` (failed) where an oplog has begun only after that moment. */
export async function requireReachesBack(from: Optime, oplog: Oplog): Promise<void> {
  if (!(await reachesBack(from, oplog))) throw rolledOn()
}

async function reachesBack(from: Optime, oplog: Oplog): Promise<boolean> {
  const window = await oplog.window()
  return window !== undefined && !isAfter(window.oldest, from)
}

function rolledOn(): Failure {
  return new Failure(
    'failed',
    'OPLOG_ROLLED_ON',
    'the oldest entries left the oplog before they were read: what was deleted then would be missing',
    ['ops dr deletion   (once more)', 'ops pitr slice   (slices keep what leaves the oplog)'],
  )
}

/** What slices hold of a stretch, both ends included. Throws `SLICES_BROKEN` (integrity), and what reading slices throws. */
export async function* slicedEntries(
  from: Optime,
  to: Optime,
  target: Target,
  world: World,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const runs = await runsOf(target, world)
  const run = runs.findLast(({ start, end }) => isAfter(from, start) && !isAfter(to, end))
  const slices = run?.slices ?? []
  yield* entriesIn({ slices }, from, to, target, world, signal)
}

async function* entriesIn(
  { slices }: Pick<Run, 'slices'>,
  from: Optime,
  to: Optime,
  target: Target,
  world: World,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (isAfter(from, to)) return
  const needed = slices.filter(({ start, end }) => !isAfter(from, end.at) && isAfter(to, start.at))
  const stretch = { slices: needed, from: rightBefore(from), to }
  await proveStretch(stretch, world.slices(target), signal)
  yield* entriesOf(stretch, world.slices(target), world, signal)
}

/** Slices that go on to what the oplog begins with; a newer timeline before an older one. */
async function runUpTo(oldest: Optime, target: Target, world: World): Promise<Run | undefined> {
  const runs = await runsOf(target, world)
  return runs.findLast(({ start, end }) => isAfter(oldest, start) && !isAfter(oldest, end))
}

async function runsOf(target: Target, world: World): Promise<readonly Run[]> {
  return historyOf({ ...(await world.slices(target).holdings()), bases: [] }).runs
}

function later(one: Optime, other: Optime): Optime {
  return compareOptimes(one, other) < 0 ? other : one
}
