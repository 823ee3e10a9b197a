import type { Optime } from '../contents.js'
import type { Anchor, Base } from './base.js'
import type { GapMarker, GapReason } from './gap.js'
import { compareOptimes, isAfter } from './optime.js'
import { continues, type SliceManifest } from './slice.js'

/** What histories are put together from. */
export interface Holdings {
  /** Slices in any order, and whether the file of each is there with the size its manifest says. */
  readonly slices: readonly { readonly manifest: SliceManifest; readonly present: boolean }[]
  readonly anchors: readonly Anchor[]
  readonly gaps: readonly GapMarker[]
  /** Good bases. */
  readonly bases: readonly Base[]
}

/** Slices in a row, each continuing the one before, and the bases that lie within. */
export interface Run {
  readonly timeline: number
  readonly slices: readonly SliceManifest[]
  readonly start: Optime
  readonly end: Optime
  /** In the order of their last entries. */
  readonly bases: readonly Base[]
}

/** Times that can be restored to: from `from` to `to`, both included, but for those that are refused. */
export interface Reach {
  readonly timeline?: number
  readonly from: Optime
  readonly to: Optime
  /** Bases within, oldest first; the first one is consistent at `from`. */
  readonly bases: readonly Base[]
  readonly slices: readonly SliceManifest[]
  /** Times among them that cannot be, because their replay meets an operation that is refused. */
  readonly refused: readonly RefusedTimes[]
}

/** Times from an operation that is refused (included) until the next base that needs no replay of it; absent: to the end. */
export interface RefusedTimes {
  readonly from: Optime
  readonly until?: Optime
  readonly what: string
}

/** Times that were lost, or never there. */
export interface Gap {
  readonly timeline: number
  readonly reason: GapReason | 'missing'
  readonly after: Optime
  /** Where the next reachable time begins; absent where there is none yet. */
  readonly until?: Optime
}

/** A target's histories as the shelf holds them. */
export interface History {
  readonly runs: readonly Run[]
  readonly reaches: readonly Reach[]
  readonly gaps: readonly Gap[]
}

/** Puts the histories together. A slice whose file is gone, and one that does not continue the one before, ends a run. */
export function historyOf(holdings: Holdings): History {
  const runs = runsOf(holdings)
  const within = new Set(runs.flatMap(({ bases }) => bases.map(({ id }) => id)))
  const alone = holdings.bases
    .filter(({ id }) => !within.has(id))
    .map((base): Reach => ({
      from: base.last.at,
      to: base.last.at,
      bases: [base],
      slices: [],
      refused: [],
    }))
  const reaches = [...runs.flatMap(reachOf), ...alone].sort((one, other) =>
    compareOptimes(one.from, other.from),
  )
  return { runs, reaches, gaps: gapsOf(runs, holdings, reaches) }
}

/**
 * Runs as the slices were taken, whether their files are there or not, and then those of the files that are: what one of
 * them needs is needed. A slice that is damaged here may lie elsewhere, and a base without the slices behind it is no way back to their time.
 */
export function runsEverTaken(holdings: Holdings): readonly Run[] {
  const slices = holdings.slices.map(({ manifest }) => ({ manifest, present: true }))
  return [...runsOf({ ...holdings, slices }), ...runsOf(holdings)]
}

function runsOf({ slices, anchors, bases }: Holdings): readonly Run[] {
  const ordered = slices
    .filter(({ present }) => present)
    .map(({ manifest }) => manifest)
    .sort(
      (one, other) => one.timeline - other.timeline || compareOptimes(one.start.at, other.start.at),
    )
  const rows: SliceManifest[][] = []
  for (const slice of ordered) {
    const row = rows.at(-1)
    const before = row?.at(-1)
    if (row && before && continues(slice, before)) row.push(slice)
    else rows.push([slice])
  }
  const timelines = new Map(anchors.map(({ base, timeline }) => [base, timeline]))
  return rows.flatMap((row) => {
    const [first] = row
    const last = row.at(-1)
    if (!first || !last) return []
    const [start, end, { timeline }] = [first.start.at, last.end.at, first]
    const within = bases
      .filter(({ id }) => timelines.get(id) === timeline)
      .filter(({ last: { at } }) => !isAfter(start, at) && !isAfter(at, end))
      .sort((one, other) => compareOptimes(one.last.at, other.last.at))
    return [{ timeline, slices: row, start, end, bases: within }]
  })
}

/** What a run reaches: nothing lies before its first base. */
function reachOf({ timeline, slices, end, bases }: Run): readonly Reach[] {
  const [first] = bases
  if (!first) return []
  const from = first.last.at
  const needed = slices.filter((slice) => isAfter(slice.end.at, from))
  return [{ timeline, from, to: end, bases, slices: needed, refused: refusedTimes(slices, bases) }]
}

/** From each refused operation to the end of the next base that was begun after it. */
function refusedTimes(
  slices: readonly SliceManifest[],
  bases: readonly Base[],
): readonly RefusedTimes[] {
  const found: RefusedTimes[] = []
  const begin = bases[0]?.last.at
  if (!begin) return []
  for (const { at, what, last = at } of slices.flatMap(({ refusals = [] }) => refusals)) {
    const next = bases.find(({ first }) => !isAfter(last, first))?.last.at
    const from = isAfter(begin, at) ? begin : at
    if (next && !isAfter(next, from)) continue
    const before = found.at(-1)
    // Up to the same base: the first of them says it for all.
    if (before && isSame(before.until, next)) continue
    found.push({ from, what, ...(next ? { until: next } : {}) })
  }
  return found
}

function isSame(one: Optime | undefined, other: Optime | undefined): boolean {
  return one && other ? compareOptimes(one, other) === 0 : one === other
}

function gapsOf(
  runs: readonly Run[],
  { gaps }: Holdings,
  reaches: readonly Reach[],
): readonly Gap[] {
  const until = (after: Optime) => {
    const next = reaches.find(({ from }) => isAfter(from, after))
    return next ? { until: next.from } : {}
  }
  const broken = runs.flatMap((run, index): Gap[] => {
    const next = runs[index + 1]
    return next?.timeline === run.timeline
      ? [{ timeline: run.timeline, reason: 'missing', after: run.end, ...until(run.end) }]
      : []
  })
  const ended = gaps.map(({ timeline, reason, after }) => ({
    timeline,
    reason,
    after: after.at,
    ...until(after.at),
  }))
  return [...broken, ...ended].sort(
    (one, other) => one.timeline - other.timeline || compareOptimes(one.after, other.after),
  )
}
