import type { Optime } from '../contents.js'
import type { Base } from './base.js'
import type { GapReason } from './gap.js'
import { isAfter, type OplogPoint } from './optime.js'

/** What the oplog has where an entry was: the same bytes, others, or nothing. */
export type Lookup = 'same' | 'different' | 'missing'

/** What a server's oplog holds now. */
export interface OplogWindow {
  readonly oldest: Optime
  /** The newest entry that a majority has: nothing older can still appear. */
  readonly newest: Optime
  /** Whether it begins with the initiation of the set: nothing has left it yet. */
  readonly whole: boolean
  readonly replicaSetId?: string
}

/** The timeline that was read so far and that nothing has ended. */
export interface OpenTimeline {
  readonly timeline: number
  /** Where its first slice starts. */
  readonly first: Optime
  /** The last entry that was read. */
  readonly end: OplogPoint
  /** What the oplog has in its place. */
  readonly found: Lookup
  readonly replicaSetId?: string
  /** When the last slice was taken, RFC 3339 UTC. */
  readonly takenAt: string
}

/** Everything that decides how slices go on. */
export interface Evidence {
  readonly window: OplogWindow
  readonly open?: OpenTimeline
  /** Good bases that belong to no timeline yet, and what the oplog has in the place of their last entry. */
  readonly bases: readonly (Base & { readonly found: Lookup })[]
  /** When the newest restore into this server ended (or began, where it has not ended), RFC 3339 UTC. */
  readonly restoredAt?: string
  /** Number of a timeline that begins now. */
  readonly nextTimeline: number
}

/** How slices go on. Bases in `anchors` are proved to lie on the timeline. */
export type Continuity =
  | {
      readonly kind: 'read'
      readonly timeline: number
      readonly from: OplogPoint
      readonly anchors: readonly Base[]
      readonly ended?: GapReason
    }
  | { readonly kind: 'base needed'; readonly ended?: GapReason }

/**
 * Decides whether the slices read so far can be continued, begin anew behind a base, or need a base first. What was read is
 * continued only from an entry that the server still has, byte for byte: a gap is never bridged.
 */
export function decideContinuity(evidence: Evidence): Continuity {
  const { open, window } = evidence
  const ended = open && whyEnded(open, evidence)
  const fitting = evidence.bases.filter(
    ({ found, last, takenAt }) =>
      found === 'same' &&
      !isAfter(last.at, window.newest) &&
      !isBefore(takenAt, evidence.restoredAt),
  )
  if (open && ended === undefined) {
    const { timeline, end, first } = open
    const anchors = fitting.filter(({ last }) => !isAfter(first, last.at))
    return { kind: 'read', timeline, from: end, anchors }
  }
  const told = ended === undefined ? {} : { ended }
  // The oldest one reaches furthest back; the others lie on its timeline.
  const [oldest, ...others] = fitting.toSorted((one, other) =>
    isAfter(one.last.at, other.last.at) ? 1 : -1,
  )
  if (!oldest) return { kind: 'base needed', ...told }
  const { nextTimeline: timeline } = evidence
  return { kind: 'read', timeline, from: oldest.last, anchors: [oldest, ...others], ...told }
}

/** Why a timeline cannot go on; nothing where it can. */
function whyEnded(open: OpenTimeline, { window, restoredAt }: Evidence): GapReason | undefined {
  const { replicaSetId } = window
  if (
    open.replicaSetId !== undefined &&
    replicaSetId !== undefined &&
    open.replicaSetId !== replicaSetId
  )
    return 'other set'
  if (isBefore(open.takenAt, restoredAt)) return 'restored'
  if (open.found === 'same') return undefined
  if (open.found === 'missing' && isAfter(window.oldest, open.end.at)) return 'overflow'
  return 'diverged'
}

function isBefore(moment: string, other: string | undefined): boolean {
  return other !== undefined && Date.parse(moment) < Date.parse(other)
}
