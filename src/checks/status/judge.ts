import { verdict, type Finding } from '../../domain/finding.js'
import { judgeManifests, judgeNewestBackup } from '../doctor/backups.js'
import { blind, broken, doubtful, fine } from '../doctor/finding.js'
import { judgeCutOff } from '../doctor/past.js'
import { judgeSchedule } from '../doctor/schedule.js'
import { quoted } from '../../domain/quoted.js'
import { size, span } from '../doctor/words.js'
import type { StatusEvidence, StatusTarget } from './evidence.js'
import { judgeExposure } from './exposure.js'
import { judgeServerState } from './server.js'
import { judgeServices } from './services.js'

/** Something that is not as it should be, and the target that it is about. */
export interface Problem extends Finding {
  readonly target?: string
}

/** What everything adds up to: what could not be looked at is never ok. */
export interface Judgement {
  readonly verdict: 'ok' | 'warn' | 'fail'
  /** How many checks there were. */
  readonly checks: number
  /** What is not ok, the worst first. */
  readonly problems: readonly Problem[]
}

/** Judges everything that was seen. Pure: the same evidence gives the same judgement. */
export function judgeStatus(evidence: StatusEvidence): Judgement {
  const { at, promised, services, targets, schedule } = evidence
  const findings: readonly Problem[] = [
    ...(services ? judgeServices(services) : []),
    ...targets.flatMap((target) =>
      judgeTarget(target, evidence).map((finding) => ({ ...finding, target: target.name })),
    ),
    judgeRoom(evidence),
    ...(schedule ? judgeSchedule(schedule, promised.backupAgeSeconds, at) : []),
  ]
  const order = ['fail', 'warn', 'unknown', 'ok']
  return {
    verdict: verdict(findings),
    checks: findings.length,
    problems: findings
      .filter(({ severity }) => severity !== 'ok')
      .toSorted((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity)),
  }
}

function judgeTarget(target: StatusTarget, { at, promised }: StatusEvidence): readonly Finding[] {
  const { name, server, catalog, shelf, cutOff, slices } = target
  const { backupAgeSeconds } = promised
  return [
    judgeServerState(name, server),
    judgeNewestBackup({ name, catalog, backupAgeSeconds }, at),
    judgeManifests(name, catalog),
    ...(shelf.state === 'seen'
      ? []
      : [blind(`${name}.shelf`, 'what the shelf could bring back', shelf, ['ops backup list'])]),
    ...judgeExposure(target, { at, promised }),
    ...judgeRecovery(target, promised.rtoSeconds),
    ...(slices ? judgeSlicesSeen(name, slices) : []),
    judgeCutOff(name, cutOff),
  ]
}

/** What is wrong with the slices of a target, or that they could not be looked at. */
export function judgeSlicesSeen(
  name: string,
  slices: NonNullable<StatusTarget['slices']>,
): readonly Finding[] {
  if (slices.state === 'seen') return slices.facts
  return [blind(`${name}.pitr`, 'the slices of the oplog', slices, ['ops pitr status'])]
}

/** Would a recovery be over within what was promised? No finding where nothing could be brought back. */
export function judgeRecovery(
  { name, recovery, withoutServer }: StatusTarget,
  rtoSeconds: number,
): readonly Finding[] {
  const id = `${name}.rto`
  if (recovery.state !== 'seen')
    return [blind(id, 'how long a recovery takes', recovery, ['ops dr ready'])]
  if (!withoutServer.newest) return []
  const measure = [`ops backup test-restore --target ${name}`]
  const promise = `objectives.rto promises ${span(rtoSeconds)}`
  const forecast = recovery.facts
  if (!forecast)
    return [
      doubtful(id, {
        says: 'how long a recovery takes was never measured',
        because: promise,
        next: measure,
      }),
    ]
  const seconds = Math.round(forecast.seconds)
  const value = { seconds, spreadSeconds: Math.round(forecast.spreadSeconds) }
  const says = `a recovery would take about ${span(forecast.seconds)}`
  if (forecast.seconds <= rtoSeconds) return [fine(id, says, promise, value)]
  const next = ['ops backup --physical   (data files come back quicker)', ...measure]
  return [broken(id, { says: `${says}, longer than promised`, because: promise, next, value })]
}

/** Days in which a disk is full that somebody has to see to now. */
const soonDays = 7

/** Is there room for the next backups, and for the safety backup of a restore besides? */
export function judgeRoom({ room, shelf }: Pick<StatusEvidence, 'room' | 'shelf'>): Finding {
  const id = 'disk'
  if (room.state !== 'seen') return blind(id, 'the room on the shelf', room)
  const { freeBytes, neededBytes, filling } = room.facts
  const says = `${size(freeBytes)} free on the shelf, the next backups need about ${size(neededBytes)}`
  const next = [`df -h ${quoted(shelf)}`, 'ops backup prune --dry-run']
  const value = room.facts
  if (freeBytes < neededBytes) return broken(id, { says, next, value })
  if (freeBytes < 2 * neededBytes)
    return doubtful(id, {
      says,
      because: 'a restore saves what is there first, and needs room for that too',
      next,
      value,
    })
  if (filling.state === 'filling' && filling.days < soonDays)
    return doubtful(id, {
      says: `the shelf is full in about ${span(filling.days * 86_400)}`,
      because: `${says}; it shrinks by about ${size(filling.bytesPerDay)} a day`,
      next,
      value,
    })
  return fine(id, says, '', value)
}
