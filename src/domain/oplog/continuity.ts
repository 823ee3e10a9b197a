import type { Optime } from '../contents.js'
import type { Base } from './base.js'
import type { GapReason } from './gap.js'
import { compareOptimes, isAfter, type OplogPoint } from './optime.js'
import { isSinceStandalone, type Lookup, type OplogWindow } from './window.js'
import { whyUnfit, type UnfitBase } from './unfit.js'

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
  | {
      readonly kind: 'base needed'
      readonly ended?: GapReason
      /** The newest good base, where there is one, and why slices cannot begin behind it. */
      readonly unfit?: UnfitBase
    }

/**
 * Decides whether the slices read so far can be continued, begin anew behind a base, or need a base first. What was read is
 * continued only from an entry that the server still has, byte for byte: a gap is never bridged.
 */
export function decideContinuity(evidence: Evidence): Continuity {
  const { open, window } = evidence
  const ended = open && whyEnded(open, evidence)
  const fitting = evidence.bases.filter(
    (base) => whyUnfit(base, window, evidence.restoredAt) === undefined,
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
  if (!oldest) return { kind: 'base needed', ...told, ...newestUnfit(evidence) }
  const { nextTimeline: timeline } = evidence
  return { kind: 'read', timeline, from: oldest.last, anchors: [oldest, ...others], ...told }
}

function newestUnfit({ bases, window, restoredAt }: Evidence): { readonly unfit?: UnfitBase } {
  const newest = bases.toSorted((one, other) => compareOptimes(one.last.at, other.last.at)).at(-1)
  const reason = newest && whyUnfit(newest, window, restoredAt)
  return newest && reason ? { unfit: { id: newest.id, reason } } : {}
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
  if (open.found === 'same')
    return isSinceStandalone(open.end.at, window) ? undefined : 'standalone'
  if (open.found === 'missing' && isAfter(window.oldest, open.end.at)) return 'overflow'
  return 'diverged'
}

function isBefore(moment: string, other: string | undefined): boolean {
  return other !== undefined && Date.parse(moment) < Date.parse(other)
}
