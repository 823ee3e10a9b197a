import { newestFirst } from '../backupOrder.js'
import { byContent, isKeepable } from './judge.js'
import type { Shelved, Verdict } from './verdict.js'

/** What an operator can accept, by the word of the flag that does: `--accept clock`. */
export const acceptable = ['clock', 'many', 'shrunk'] as const

/** A word of `acceptable`. */
export type Acceptable = (typeof acceptable)[number]

/** A reason to stop and ask before anything is removed. */
export interface Alarm {
  readonly code: 'PRUNE_CLOCK_JUMPED' | 'PRUNE_TOO_MANY' | 'PRUNE_SHRUNK'
  readonly accept: Acceptable
  /** What looks wrong, as a clause. */
  readonly says: string
}

/** A backup with its size. */
export interface Weighed extends Shelved {
  readonly documents: number
  /** Bytes before compression. */
  readonly rawBytes: number
  /** What was dumped: only backups of the same scope are held against each other. */
  readonly scope: string
}

/** What the alarms are raised from. */
export interface PruneEvidence {
  readonly backups: readonly Weighed[]
  readonly verdicts: readonly Verdict[]
  readonly now: Date
  /** Earlier prunes that removed something, newest first. */
  readonly prunes: readonly { readonly at: string; readonly removed: number }[]
  /** Backups in the trash whose time is over: they would be deleted for good. */
  readonly expired: number
}

const minute = 60_000
const day = 86_400_000

/** Backups taken a moment ago may seem to lie ahead: clocks are set by small steps all the time. */
const aheadMilliseconds = 2 * minute

/** A gap is implausible when it is so many times the usual one, and not shorter than three days: a long weekend is none. */
const longGap = { times: 7, milliseconds: 3 * day }

/** Removing so few is never too many. */
const fewRemoved = 5

/** Times the most that the last prunes removed. */
const unusualTimes = 4

/** A backup with less than this part of the usual is suspicious. */
const shrunkPart = 0.5

/** Everything that speaks against removing what the verdicts say. Empty where nothing is to be removed. */
export function alarmsOf(evidence: PruneEvidence): readonly Alarm[] {
  const moving = evidence.verdicts.some(({ keep }) => !keep)
  if (!moving && evidence.expired === 0) return []
  // What is in the trash was looked at when it was moved there; only the clock says that its time is over.
  if (!moving) return [clockAlarm(evidence)].filter((alarm) => alarm !== undefined)
  return [clockAlarm(evidence), countAlarm(evidence), shrunkAlarm(evidence)].filter(
    (alarm) => alarm !== undefined,
  )
}

/**
 * Whether the clock seems to have jumped: the newest backup lies in the future, or since the last prune there is a gap far
 * longer than usual between two backups, or between the newest and now. A gap before the last prune has been accepted.
 */
function clockAlarm({ backups, now, prunes }: PruneEvidence): Alarm | undefined {
  const own = newestFirst(
    backups.filter(({ purpose }) => purpose === 'backup'),
    (backup) => backup,
  )
  const [newest] = own
  if (newest === undefined) return undefined
  if (Date.parse(newest.takenAt) > now.getTime() + aheadMilliseconds)
    return clock(
      `the newest backup (${newest.id}) lies in the future: the clock was put back, or was wrong`,
    )

  // Copies of the data files come by hand, at any time: where there are archives, only those have a rhythm.
  const [archives, dataFiles] = byContent(own)
  const regular = archives.length > 0 ? archives : dataFiles
  const moments = regular.map(({ takenAt }) => Date.parse(takenAt)).slice(0, 20)

  const usual = median(moments.flatMap((moment, at) => gapTo(moments[at + 1], moment)))
  if (usual === undefined || moments.length < 4) return undefined
  const limit = Math.max(longGap.times * usual, longGap.milliseconds)
  const accepted = Date.parse(prunes[0]?.at ?? '') || -Infinity
  // Where no prune is known, only the last few are looked at: further back a policy of weeks and months leaves gaps itself.
  const chain = [now.getTime(), ...(prunes.length > 0 ? moments : moments.slice(0, 3))]
  const jump = chain
    .flatMap((moment, at) => (moment > accepted ? gapTo(chain[at + 1], moment) : []))
    .find((gap) => gap > limit)
  return jump === undefined
    ? undefined
    : clock(
        `${days(jump)} lie between two moments that are usually ${days(usual)} apart: either the clock jumped, or there were no backups for that long`,
      )
}

function gapTo(before: number | undefined, moment: number): readonly number[] {
  return before === undefined ? [] : [Math.max(0, moment - before)]
}

function clock(says: string): Alarm {
  return { code: 'PRUNE_CLOCK_JUMPED', accept: 'clock', says }
}

/** Whether far more would go than a run of this policy ever removes. */
function countAlarm({ backups, verdicts, prunes }: PruneEvidence): Alarm | undefined {
  const going = new Set(verdicts.filter(({ keep }) => !keep).map(({ id }) => id))
  if (going.size <= fewRemoved) return undefined
  const good = backups.filter((backup) => backup.purpose === 'backup' && isKeepable(backup))
  const goodGoing = good.filter(({ id }) => going.has(id)).length
  const most = Math.max(...prunes.slice(0, 5).map(({ removed }) => removed))
  const says =
    goodGoing > fewRemoved && goodGoing > good.length / 2
      ? `${goodGoing.toString()} of ${good.length.toString()} good backups would go`
      : prunes.length >= 3 && going.size > unusualTimes * most
        ? `${going.size.toString()} backups would go, and no run lately removed more than ${most.toString()}`
        : undefined
  return says === undefined ? undefined : { code: 'PRUNE_TOO_MANY', accept: 'many', says }
}

/** Whether the newest good archive, or copy of the data files, holds far less than those of its kind before it. */
function shrunkAlarm({ backups }: PruneEvidence): Alarm | undefined {
  for (const alike of byContent(backups)) {
    const alarm = shrunkOf(alike)
    if (alarm) return alarm
  }
  return undefined
}

/** Whether the newest good backup holds far less than those before it: what they hold may be gone from the server. */
function shrunkOf(backups: readonly Weighed[]): Alarm | undefined {
  const [newest, ...older] = newestFirst(
    backups.filter((backup) => backup.purpose === 'backup' && isKeepable(backup)),
    (backup) => backup,
  )
  if (!newest) return undefined
  const like = older.filter(({ scope }) => scope === newest.scope).slice(0, 5)
  const measures = [
    ['documents', newest.documents, median(like.map(({ documents }) => documents))],
    ['bytes', newest.rawBytes, median(like.map(({ rawBytes }) => rawBytes))],
  ] as const
  for (const [what, has, usual] of measures) {
    if (usual !== undefined && has < usual * shrunkPart)
      return {
        code: 'PRUNE_SHRUNK',
        accept: 'shrunk',
        says: `the newest good backup (${newest.id}) holds ${has.toString()} ${what}, those before it ${usual.toString()}`,
      }
  }
  return undefined
}

/** The middle of some numbers (the higher of two middles); nothing where there are none. */
function median(numbers: readonly number[]): number | undefined {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)]
}

function days(milliseconds: number): string {
  const hours = milliseconds / 3_600_000
  return hours < 48
    ? `${Math.round(hours).toString()} h`
    : `${Math.round(hours / 24).toString()} days`
}
