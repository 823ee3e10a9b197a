import type { Optime } from '../contents.js'
import { Failure } from '../failure.js'
import type { Base } from './base.js'
import { compareOptimes, isAfter, optimeText, secondOf } from './optime.js'
import type { SliceManifest } from './slice.js'
import type { History, Reach } from './timelines.js'
import type { WantedMoment } from './wantedMoment.js'

/** What it takes to come to a moment: a base and the slices from its end on, in a row. */
export interface MomentStretch {
  readonly base: Base
  /** None where the base is consistent at the very moment. */
  readonly slices: readonly SliceManifest[]
  readonly until: Optime
}

/**
 * Finds what reaches a moment: of one timeline, the newest base at or before it whose slices go on to it without a gap. Where
 * the clock was set back and several timelines have the moment, the newest one counts. Throws `MOMENT_UNREACHABLE`
 * (not-found), naming the nearest moments that can be reached.
 */
export function stretchFor(
  { reaches }: Pick<History, 'reaches'>,
  wanted: WantedMoment,
): MomentStretch {
  const { until } = wanted
  const candidates = reaches
    .filter(({ from, to }) => !isAfter(from, until) && !isAfter(until, to))
    .toSorted((one, other) => (one.timeline ?? 0) - (other.timeline ?? 0))
  const found = candidates.at(-1)
  const base = found?.bases.findLast(({ last }) => !isAfter(last.at, until))
  if (!found || !base) throw unreachable(reaches, wanted)
  return {
    base,
    until,
    slices: found.slices.filter(
      ({ start, end }) => isAfter(end.at, base.last.at) && isAfter(until, start.at),
    ),
  }
}

function unreachable(reaches: readonly Reach[], { until, text }: WantedMoment): Failure {
  const before = reaches
    .filter(({ to }) => isAfter(until, to))
    .map(({ to }) => to)
    .toSorted(compareOptimes)
    .at(-1)
  const [after] = reaches
    .filter(({ from }) => isAfter(from, until))
    .map(({ from }) => from)
    .toSorted(compareOptimes)
  const nearest = [
    ...(before ? [`the newest one before it is ${said(before)}`] : []),
    ...(after ? [`the oldest one after it is ${said(after)}`] : []),
  ]
  const says = `no base and its slices reach ${text}`
  return new Failure(
    'not-found',
    'MOMENT_UNREACHABLE',
    nearest.length === 0 ? `${says}: nothing can be reached` : `${says}; ${nearest.join(', ')}`,
    [
      ...(before ? [`ops … --to-time ${optimeText(before)}   (before it)`] : []),
      ...(after ? [`ops … --to-time ${optimeText(after)}   (after it)`] : []),
      // What is newer than every slice may still be in the oplog.
      ...(before && !after ? ['ops pitr slice   (reads what the oplog has since)'] : []),
      'ops pitr status',
    ],
    { facts: { until, before: before ?? null, after: after ?? null } },
  )
}

function said(at: Optime): string {
  return `${secondOf(at).toISOString().replace('.000', '')} (${optimeText(at)})`
}
