import type { Finding } from '../../domain/finding.js'
import type { Continuity } from '../../domain/oplog/continuity.js'
import type { OplogWindow } from '../../domain/oplog/window.js'
import { gapWords } from '../../domain/oplog/gap.js'
import { compareOptimes } from '../../domain/oplog/optime.js'
import type { SliceManifest } from '../../domain/oplog/slice.js'
import { unfitWords } from '../../domain/oplog/unfit.js'
import type { History } from '../../domain/oplog/timelines.js'
import type { Target } from '../../domain/target.js'
import type { FollowerNote, SliceHoldings } from '../../ports/slices.js'

/** What the server says of its oplog, or why it could not be asked. */
export type OplogSeen =
  | { readonly state: 'seen'; readonly window: OplogWindow; readonly next: Continuity }
  | { readonly state: 'standalone' }
  | { readonly state: 'not seen'; readonly because: string }

/** What is judged. */
export interface LookedAt {
  readonly target: Target
  readonly everySeconds: number
  readonly history: History
  readonly holdings: SliceHoldings
  readonly oplog: OplogSeen
  readonly now: Date
  /** The last slice. */
  readonly tail: SliceManifest | undefined
  readonly lagSeconds: number | undefined
  /** What the follower says of itself, where one runs. */
  readonly follower?: FollowerNote & { readonly gone: boolean }
}

/** Missed rounds after which slices count as late. */
const roundsLate = 3

/** Seconds of history that an oplog should hold: what happens on an evening is read the next morning. */
const comfortable = 24 * 60 * 60

/** Seconds for which a gap is news. */
const news = 24 * 60 * 60

/** What is not as it should be, the worst first. */
export function judgeSlices(looked: LookedAt): readonly Finding[] {
  const findings = [
    ...judgeSettings(looked),
    ...judgeOplog(looked),
    ...judgeLag(looked),
    ...judgeFollower(looked),
    ...judgeShelf(looked),
    ...judgeReach(looked),
    ...judgeGaps(looked),
    ...judgeOperations(looked),
  ]
  const order = ['fail', 'warn', 'unknown', 'ok']
  return findings.toSorted(
    (one, other) => order.indexOf(one.severity) - order.indexOf(other.severity),
  )
}

function judgeSettings({ target }: LookedAt): readonly Finding[] {
  if (target.pointInTime) return []
  const says = 'point-in-time recovery is off: no slices are taken'
  return [warning('pitr.enabled', says, '', ['pitr: {enabled: true}   (in ops.yaml)'])]
}

function judgeOplog({ oplog }: LookedAt): readonly Finding[] {
  const id = 'pitr.oplog'
  if (oplog.state === 'standalone')
    return [broken(id, 'the server is a standalone: it has no oplog', '', ['ops doctor'])]
  if (oplog.state === 'not seen')
    return [warning(id, 'the oplog could not be looked at', oplog.because, ['ops doctor'])]
  const { window, next } = oplog
  const found: Finding[] = []
  if (next.ended !== undefined) {
    const says = 'the slices cannot be continued: a new timeline begins'
    found.push(broken('pitr.continuity', says, gapWords[next.ended], ['ops pitr slice --base']))
  } else if (next.kind === 'base needed') {
    const says = 'there is no base that slices could continue'
    const because = next.unfit ? `${next.unfit.id}: ${unfitWords[next.unfit.reason]}` : ''
    found.push(broken('pitr.base', says, because, ['ops pitr slice --base']))
  }
  if (window.startsHidden === true) {
    const says = 'whether the server ran without its replica set in between is not known'
    const because =
      'this user may not read local.startup_log; writes of such a time are in no oplog'
    const grant = 'db.getSiblingDB("admin").grantRolesToUser("USER", ["backup"])   (in mongosh)'
    found.push(warning('pitr.starts', says, because, [grant]))
  }
  const seconds = window.newest.seconds - window.oldest.seconds
  if (!window.whole && seconds < comfortable) {
    const says = `the oplog holds only the last ${hours(seconds)}`
    const because = 'entries that leave it before a slice has them are lost'
    const next = [
      'mongosh --eval "db.adminCommand({replSetResizeOplog: 1, size: Double(MEGABYTES)})"',
    ]
    found.push(warning('pitr.window', says, because, next))
  }
  return found
}

function judgeLag(looked: LookedAt): readonly Finding[] {
  const { target, everySeconds, lagSeconds } = looked
  if (!target.pointInTime) return []
  const next = ['ops pitr slice', 'ops pitr start']
  if (lagSeconds === undefined) {
    const age = baseAge(looked)
    // Behind a base that was taken just now the first slice is not due yet.
    if (age !== undefined && age <= roundsLate * everySeconds) return []
    const because =
      age === undefined ? '' : `the base that they continue is ${age.toString()} s old`
    return [broken('pitr.lag', 'there is no slice yet', because, next)]
  }
  if (lagSeconds <= roundsLate * everySeconds) return []
  const says = `the last slice ends ${lagSeconds.toString()} s ago, and there should be one every ${everySeconds.toString()} s`
  return [broken('pitr.lag', says, 'what was written since cannot be brought back', next)]
}

/** Seconds since the oldest base that slices would begin behind; nothing where there is none. */
function baseAge({ oplog, now }: LookedAt): number | undefined {
  if (oplog.state !== 'seen' || oplog.next.kind !== 'read') return undefined
  const bases = oplog.next.anchors.map(({ last }) => last.at.seconds)
  if (bases.length === 0) return undefined
  return Math.max(0, Math.round(now.getTime() / 1000 - Math.min(...bases)))
}

/** Why it stands still, in its own words. */
function judgeFollower({ follower }: LookedAt): readonly Finding[] {
  if (!follower) return []
  const who = `process ${follower.pid.toString()} on ${follower.host}`
  if (follower.gone) {
    const says = `the follower (${who}) is gone without a word`
    const last = follower.troubles.map(({ about, message }) => `${about}: ${message}`).join('\n')
    return [warning('pitr.follower', says, last, ['ops pitr start', 'systemctl status'])]
  }
  return follower.troubles.map(({ about, code, message, since }) => {
    const says = `the follower (${who}) is in trouble with ${about} since ${since}`
    const judge = about === 'slices' || about === 'base' ? broken : warning
    return judge('pitr.follower', says, `${code}: ${message}`, ['ops doctor'])
  })
}

function judgeShelf({ holdings }: LookedAt): readonly Finding[] {
  const gone = holdings.slices.filter(({ present }) => !present)
  const unreadable = holdings.unreadable.map(({ file, reason }) =>
    broken('pitr.papers', `${file} cannot be read`, reason, [`cat ${file}`]),
  )
  const [first] = gone
  if (!first) return unreadable
  const says = `${gone.length.toString()} slices are not as their manifests say, ${first.manifest.file} among them`
  const damaged = gone.flatMap(({ manifest: { file }, damage }) =>
    damage ? [`${file}: ${damage.because}`] : [],
  )
  const because = damaged.length > 0 ? damaged.join('\n') : 'missing, or of another size'
  // Where a place has a sound copy, reading them again brings it.
  return [...unreadable, broken('pitr.files', says, because, ['ops backup verify --all'])]
}

/** Slices go on whatever becomes of what they continue: without it they bring nothing back. */
function judgeReach({ history, tail }: LookedAt): readonly Finding[] {
  if (!tail) return []
  const reached = history.reaches.some(({ to }) => compareOptimes(to, tail.end.at) >= 0)
  if (reached) return []
  const says = 'no backup leads to the end of the slices: what they hold cannot be reached'
  const because = 'their base, or a slice before them, is gone or damaged'
  return [broken('pitr.reach', says, because, ['ops backup', 'ops backup verify --all'])]
}

function judgeGaps({ holdings, now }: LookedAt): readonly Finding[] {
  return holdings.gaps
    .filter(({ at }) => now.getTime() - Date.parse(at) < news * 1000)
    .map(({ timeline, reason, at }) =>
      warning(
        'pitr.gap',
        `timeline ${timeline.toString()} ended, noticed ${at}`,
        gapWords[reason],
        [],
      ),
    )
}

function judgeOperations({ tail, oplog }: LookedAt): readonly Finding[] {
  const due = tail?.baseDue
  if (!due) return []
  // A base that was taken since is tied to the timeline by the next slice.
  if (oplog.state === 'seen' && oplog.next.kind === 'read') {
    const { at, last = at } = due
    if (oplog.next.anchors.some(({ first }) => compareOptimes(first, last) >= 0)) return []
  }
  const because = 'it is refused when a moment is restored: no time from it on can be reached'
  return [broken('pitr.operation', `${due.what}: a new base is due`, because, ['ops backup'])]
}

function hours(seconds: number): string {
  return seconds < 2 * 3600
    ? `${Math.round(seconds / 60).toString()} minutes`
    : `${Math.round(seconds / 3600).toString()} hours`
}

function broken(id: string, says: string, because: string, next: readonly string[]): Finding {
  return { id, severity: 'fail', says, because, next }
}

function warning(id: string, says: string, because: string, next: readonly string[]): Finding {
  return { id, severity: 'warn', says, because, next }
}
