import { newestFirst } from '../backupOrder.js'
import { isGood } from '../trust.js'
import { calendarOf } from './calendar.js'
import { periods, type RetentionPolicy } from './policy.js'
import type { Reason, Shelved, Verdict } from './verdict.js'

/** What a judgement depends on besides the backups. */
export interface RetentionRequest {
  readonly policy: RetentionPolicy
  /** IANA name; days, weeks, months and years are counted in it. */
  readonly timeZone: string
  readonly now: Date
  /** What still needs a backup (slices of an oplog that continue it), in words; empty where nothing does. */
  readonly neededBy: (id: string) => readonly string[]
  /** Receipts that can be undone only with this backup. */
  readonly undoes: (id: string) => readonly string[]
  /** What the policy is called; that of the shelf is `backup.retention`. */
  readonly called?: string
}

/**
 * What becomes of each backup of one target, newest first, with every reason for it. Archives and copies of the data files
 * are judged apart: neither can stand in for the other, so neither takes the other's place, and the last good one of each
 * stays.
 */
export function judgeRetention(
  backups: readonly Shelved[],
  request: RetentionRequest,
): readonly Verdict[] {
  const verdicts = new Map(
    byContent(backups).flatMap((alike) =>
      judgeAlike(alike, request).map((verdict) => [verdict.id, verdict]),
    ),
  )
  return newestFirst(backups, (backup) => backup).flatMap(({ id }) => verdicts.get(id) ?? [])
}

/** Backups by what is in them: archives, then copies of the data files. */
export function byContent<Backup extends Pick<Shelved, 'content'>>(
  backups: readonly Backup[],
): readonly [archives: readonly Backup[], dataFiles: readonly Backup[]] {
  return [
    backups.filter(({ content }) => content !== 'dataFiles'),
    backups.filter(({ content }) => content === 'dataFiles'),
  ]
}

/**
 * The same for backups of one content. Only good backups (judged so, and
 * their file there) count: one that is unverified, damaged or missing takes nobody's place. Whatever the policy says, these
 * stay: the last good one, the last restore-tested one, the newest `minGood` good ones, what something else needs, and what
 * lies in the future (then the clock is wrong, not the backup).
 */
function judgeAlike(backups: readonly Shelved[], request: RetentionRequest): readonly Verdict[] {
  const now = request.now.getTime()
  const ordered = newestFirst(backups, (backup) => backup)
  const past = ordered.filter(({ takenAt }) => Date.parse(takenAt) <= now)
  const good = past.filter(isKeepable)
  const own = good.filter(({ purpose }) => purpose === 'backup')
  const kept = new Map<string, Reason[]>()
  const keep = ({ id }: Shelved, rule: Reason['rule'], says: string) => {
    const reasons = kept.get(id) ?? []
    reasons.push({ rule, says })
    kept.set(id, reasons)
  }

  const [lastGood = good[0]] = own
  if (lastGood) keep(lastGood, 'last-good', 'the last good one')
  const tested = good.find(({ trust }) => trust === 'restore-tested')
  if (tested) keep(tested, 'last-restore-tested', 'the last one that a trial restore proved')
  keepOutside(ordered, request, keep)
  keepYoung(past, request.policy, now, keep)
  keepNumbered(own, request.policy, keep)
  keepPeriods(own, request, keep)
  keepUnreplaced(past, own, keep)

  return ordered.map((backup) => {
    const reasons = kept.get(backup.id)
    return reasons === undefined
      ? {
          id: backup.id,
          keep: false,
          reasons: [whyItGoes(backup, request.called ?? 'backup.retention')],
        }
      : { id: backup.id, keep: true, reasons }
  })
}

/** Whether a backup counts: judged good, and its file is there. */
export function isKeepable({ trust, present }: Pick<Shelved, 'trust' | 'present'>): boolean {
  return present && isGood(trust)
}

type Keep = (backup: Shelved, rule: Reason['rule'], says: string) => void

/** What is not ours to judge: others need it, or the clock contradicts it. */
function keepOutside(
  ordered: readonly Shelved[],
  { now, neededBy, undoes }: RetentionRequest,
  keep: Keep,
): void {
  for (const backup of ordered) {
    const needs = neededBy(backup.id)
    if (needs.length > 0) keep(backup, 'needed', `needed by ${needs.join(', ')}`)
    const receipts = undoes(backup.id)
    if (receipts.length > 0) keep(backup, 'undo', `ops undo ${receipts.join(', ')} needs it`)
    if (Date.parse(backup.takenAt) > now.getTime())
      keep(backup, 'future', 'it lies in the future: the clock was or is wrong')
  }
}

function keepYoung(
  past: readonly Shelved[],
  { keepWithinSeconds }: RetentionPolicy,
  now: number,
  keep: Keep,
): void {
  for (const backup of past) {
    if (now - Date.parse(backup.takenAt) < keepWithinSeconds * 1000)
      keep(backup, 'within', 'younger than keepWithin')
  }
}

function keepNumbered(own: readonly Shelved[], policy: RetentionPolicy, keep: Keep): void {
  for (const [rule, count] of [
    ['min-good', Math.max(1, policy.minGood)],
    ['last', policy.last],
  ] as const) {
    for (const [at, backup] of own.slice(0, count).entries())
      keep(backup, rule, `good one ${place(at + 1, count)} from the newest`)
  }
}

/** The newest good one of each period; periods without one use up nothing, so that missed days cost no older backup. */
function keepPeriods(
  own: readonly Shelved[],
  { policy, timeZone }: RetentionRequest,
  keep: Keep,
): void {
  const names = calendarOf(timeZone)
  const seen = periods.map((period) => ({
    period,
    count: policy[period],
    names: new Set<string>(),
  }))
  for (const backup of own) {
    const open = seen.filter((one) => one.names.size < one.count)
    if (open.length === 0) return
    const its = names(Date.parse(backup.takenAt))
    for (const { period, count, names: taken } of open) {
      if (taken.has(its[period])) continue
      taken.add(its[period])
      keep(backup, period, `the newest of ${its[period]} (${period} ${place(taken.size, count)})`)
    }
  }
}

/** What is not good proves nothing, but it may be all there is of its time: it stays until a good one is newer. */
function keepUnreplaced(past: readonly Shelved[], own: readonly Shelved[], keep: Keep): void {
  const newest = own[0]
  for (const backup of past) {
    if (backup === newest) return
    if (!isKeepable(backup)) keep(backup, 'no-newer-good', 'no good one is newer')
  }
}

function whyItGoes(backup: Shelved, called: string): Reason {
  if (!isKeepable(backup))
    return {
      rule: 'not-good',
      says: `${backup.present ? backup.trust : 'its file is missing'}, and a good one is newer`,
    }
  return backup.purpose === 'safety'
    ? { rule: 'safety-old', says: 'a safety backup older than keepWithin that no undo needs' }
    : { rule: 'not-kept', says: `no rule of ${called} keeps it` }
}

function place(at: number, of: number): string {
  return `${at.toString()} of ${of.toString()}`
}
