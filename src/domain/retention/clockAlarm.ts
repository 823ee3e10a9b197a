import { newestFirst } from '../backupOrder.js'
import type { Alarm, PruneEvidence } from './alarm.js'
import { byContent } from './judge.js'
import { median } from './median.js'

const hour = 3_600_000
const day = 24 * hour

/** Backups taken a moment ago may seem to lie ahead: clocks are set by small steps all the time. */
const aheadMilliseconds = 2 * 60_000

/** A gap is implausible when it is so many times the usual one, and not shorter than three days: a long weekend is none. */
const longGap = { times: 7, milliseconds: 3 * day }

/** Backups so close together are one moment of the rhythm: some tries in a row say nothing of how often backups come. */
const together = 6 * hour

/** So many gaps before a gap say what was usual then. */
const usualGaps = 7

/**
 * Whether the clock seems to have jumped: the newest backup lies in the future, or since the last prune there is a gap far
 * longer than was usual before it, between two backups, or between the newest and now. A gap before the last prune has been
 * accepted. What is usual is learned from every backup that is known, those removed since as well: a shelf that
 * keeps two of them tells no rhythm.
 */
export function clockAlarm(evidence: PruneEvidence): Alarm | undefined {
  const { backups, now, prunes } = evidence
  const latest = now.getTime() + aheadMilliseconds
  const own = newestFirst(
    backups.filter(({ purpose }) => purpose === 'backup'),
    (backup) => backup,
  )
  const [newest] = own
  if (newest !== undefined && Date.parse(newest.takenAt) > latest)
    return clock(
      `the newest backup (${newest.id}) lies in the future: the clock was put back, or was wrong`,
    )

  // Copies of the data files come by hand, at any time: where there are archives, only those have a rhythm.
  const [archives, dataFiles] = byContent(own)
  const regular = archives.length > 0 ? archives : dataFiles
  const taken = [...regular.map(({ takenAt }) => Date.parse(takenAt)), ...(evidence.formerly ?? [])]
  // A moment ahead of the clock was told while it was the newest.
  const moments = [now.getTime(), ...taken.filter((moment) => moment <= latest)]
  // A prune that lies in the future was written by a wrong clock: it accepts nothing.
  const pruned = prunes.map(({ at }) => Date.parse(at)).find((at) => at <= latest) ?? -Infinity
  return jumpIn(
    moments.toSorted((one, other) => other - one),
    pruned,
  )
}

/** The newest gap after the last prune that is too long for what was usual before it. Moments come newest first. */
function jumpIn(moments: readonly number[], pruned: number): Alarm | undefined {
  for (const [at, moment] of moments.entries()) {
    if (moment <= pruned) return undefined
    const gap = moment - (moments[at + 1] ?? moment)
    if (gap <= longGap.milliseconds) continue
    const usual = usualBefore(moments.slice(at + 1)) ?? gapAfter(moments, at)
    if (gap > longGap.times * usual)
      return clock(
        `${days(gap)} lie between two moments that are usually ${days(usual)} apart: either the clock jumped, or there were no backups for that long`,
      )
  }
  return undefined
}

/**
 * The usual gap between the newest of some moments. It is never learned from the gap that is judged nor from what came
 * after it: neither a long silence nor the runs that follow a jump make it usual. Where little is known the longest
 * counts; nothing where there is no gap.
 */
function usualBefore(before: readonly number[]): number | undefined {
  const rhythm: number[] = []
  for (const moment of before) {
    if (rhythm.length > usualGaps) break
    const last = rhythm.at(-1)
    if (last === undefined || last - moment >= together) rhythm.push(moment)
  }
  const gaps = rhythm.slice(1).map((moment, at) => (rhythm[at] ?? moment) - moment)
  return gaps.length < 3 ? gaps.toSorted((one, other) => other - one)[0] : median(gaps)
}

/** Where nothing older tells: the gap after it, since on a shelf that was thinned out months stand beside months. A day at least. */
function gapAfter(moments: readonly number[], at: number): number {
  const [moment, after] = [moments[at] ?? 0, moments[at - 1] ?? 0]
  return at === 0 ? day : Math.max(day, after - moment)
}

function clock(says: string): Alarm {
  return { code: 'PRUNE_CLOCK_JUMPED', accept: 'clock', says }
}

function days(milliseconds: number): string {
  const hours = milliseconds / hour
  return hours < 48
    ? `${Math.round(hours).toString()} h`
    : `${Math.round(hours / 24).toString()} days`
}
