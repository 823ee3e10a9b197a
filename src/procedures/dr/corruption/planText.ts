import type { DamageVerdict } from '../../../checks/corruption/judge.js'
import type { Receipt } from '../../../domain/receipt.js'
import type { RunningWriters } from '../../restore/writers.js'
import { cutOffText, wasInUse } from './cutOff.js'
import { described, type Destination, type OpenedWay } from './openWay.js'
import { corruptionObjective, type CorruptionRequest } from './recovery.js'
import { usersIn } from './users.js'
import { bringsAll, type Way } from './ways.js'

/** What a plan was made from. */
export interface CorruptionFacts {
  readonly request: CorruptionRequest
  readonly verdict: DamageVerdict | undefined
  readonly cutOff: readonly Receipt[]
  readonly way: OpenedWay
  readonly ways: readonly Way[]
  readonly destination: Destination
  readonly writers: RunningWriters
  /** Whether the damaged server's own oplog may still be read. */
  readonly readsOplog: boolean
  /** How long drills of it took, as a line of the plan. */
  readonly duration: readonly [label: string, text: string]
}

/** What the operator should know before saying yes. */
export function corruptionFacts(facts: CorruptionFacts): readonly (readonly [string, string])[] {
  const { request, verdict, cutOff, way, ways, destination, writers, readsOplog } = facts
  const { container, place } = destination.scene
  const others = ways.filter((one) => one.entry !== way.entry || one.kind !== way.kind).slice(0, 3)
  return [
    ['Target', `${request.target.name}, in ${container.name} (${container.state})`],
    ...(verdict?.damages ?? []).map(
      ({ where, what, evidence }) =>
        ['Damage', `${where}: ${what}${evidence === null ? '' : ` (${evidence})`}`] as const,
    ),
    ...(request.assumed ? [['Damage', 'assumed: nothing was looked at'] as const] : []),
    ...cutOff.map(
      (receipt) => ['Cut off', `${cutOffText(receipt)}: it is taken back, and done anew`] as const,
    ),
    [
      'Comes back',
      `${described(way)}, as of ${way.at.toISOString()}${forecastOf(way)}; read to its end: whole`,
    ],
    ...(readsOplog
      ? [['Oplog', 'what the damaged server can still read of it comes back as well'] as const]
      : []),
    ...others.map(
      (one) =>
        ['Or', `${described(one)}, as of ${one.at.toISOString()}${forecastOf(one)}`] as const,
    ),
    ['Users', usersText(way)],
    [
      'Kept',
      `the damaged files stay in ${place.dbPath} on ${place.volume}, aside; "ops undo" puts them in place again`,
    ],
    [
      'Services',
      writers.stop.length > 0
        ? `stopped: ${writers.stop.join(', ')}; started again: ${writers.start.join(', ') || 'none'}`
        : 'none that depends on it is running',
    ],
    facts.duration,
    ['Objective', `back within ${(corruptionObjective / 60).toString()} min`],
  ]
}

function forecastOf({ seconds }: Way): string {
  return seconds === undefined
    ? ' (how long it takes is not known: nothing was measured yet)'
    : ` (about ${Math.max(1, Math.ceil(seconds)).toString()} s)`
}

function usersText(way: OpenedWay): string {
  if (way.kind === 'data files') return 'those of the copy, passwords as well'
  return usersIn(way.source) === undefined
    ? 'those that the stack makes for a new server, and NO others: the backup holds none'
    : 'those that the stack makes for a new server, as it has them, and beside them those of the backup'
}

/** What saying yes gives up. */
export function corruptionLosses(facts: CorruptionFacts): readonly string[] {
  const { request, way, readsOplog, cutOff } = facts
  const { name } = request.target
  const given = cutOff
    .filter(wasInUse)
    .map(
      ({ startedAt }) =>
        `every write to ${name} since the recovery of ${startedAt}, which had brought the data back before it was killed: they are in no backup unless one was taken since, and the files that hold them are only kept aside`,
    )
  const since = `every write to ${name} after ${way.at.toISOString()}, in every database${readsOplog ? ', but for what its oplog still gives' : ''}`
  const { manifest } = way.entry
  if (bringsAll(way)) return [...given, since]
  return [
    ...given,
    since,
    `every database of the server but ${manifest.databases.join(', ')}: ${manifest.id} holds no other`,
  ]
}

/** Worth a word before saying yes. */
export function corruptionWarnings({ way, ways }: CorruptionFacts): readonly string[] {
  const { seconds = 0 } = way
  const newer = ways.filter((one) => bringsAll(way) && !bringsAll(one) && one.at > way.at)
  return [
    ...newer
      .slice(0, 1)
      .map(
        ({ at, entry: { manifest } }) =>
          `${manifest.id} is newer, as of ${at.toISOString()}, but holds only ${manifest.databases.join(', ')}: with it every other database and all users would be gone; --backup ${manifest.id} takes it`,
      ),
    ...(seconds <= corruptionObjective ? [] : [takesLong(seconds, ways)]),
  ]
}

function takesLong(seconds: number, ways: readonly Way[]): string {
  const quicker = ways.find(
    (one) => one.seconds !== undefined && one.seconds <= corruptionObjective,
  )
  return `it will probably take ${Math.ceil(seconds / 60).toString()} min, more than the ${(corruptionObjective / 60).toString()} of the objective${quicker ? `; --backup ${quicker.entry.manifest.id} would be quicker, and is as of ${quicker.at.toISOString()}` : ''}`
}
