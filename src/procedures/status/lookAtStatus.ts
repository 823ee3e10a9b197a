import type { CutOff, ScheduleSeen } from '../../checks/doctor/evidence.js'
import { lastTestOf } from '../../checks/doctor/lastTest.js'
import { look, seen, type Watch } from '../../checks/doctor/look.js'
import type {
  Promised,
  ServiceSeen,
  ShelfSeen,
  StatusEvidence,
  StatusTarget,
} from '../../checks/status/evidence.js'
import { archivesFirst } from '../../domain/backupFile.js'
import { Failure } from '../../domain/failure.js'
import type { Finding } from '../../domain/finding.js'
import type { Forecast } from '../../domain/forecast.js'
import { unheldDatabases } from '../../domain/protection.js'
import type { UseSeen } from '../../domain/samples/use.js'
import type { Target } from '../../domain/target.js'
import { isGood, isWrittenSince } from '../../domain/trust.js'
import type { World } from '../../ports/world.js'
import type { DiscardLimits } from '../discarded/countingBound.js'
import { restoreForecast } from '../forecastFact.js'
import { replayRate } from '../moment/replayRate.js'
import { sliceStatus } from '../oplog/status.js'
import { cutOffAround } from '../restore/unfinished.js'
import { lookAtUse } from '../stack/lookAtUse.js'
import { jobsOf, lookAtProject } from '../stack/project.js'
import { stateOf } from '../stack/rows.js'
import { withSession } from '../withSession.js'
import { daysOf } from './days.js'
import { protectionsOf, type Protections } from './protection.js'
import { roomFor } from './room.js'

/** Seconds that each look may take. Meters are read at once. Compose reads and resolves files; slices ask the server as well. */
const patience = { use: 3, compose: 20, server: 15, shelf: 10, slices: 20, state: 6 }

/** What is asked. */
export interface StatusRequest {
  readonly targets: readonly Target[]
  readonly promised: Promised
  /** Path of the shelf. */
  readonly shelf: string
  /** Seconds of oplog in a slice. */
  readonly everySeconds: number
  /** Where days are counted; UTC where it is left out. */
  readonly timeZone?: string
  /** Looks at the schedule; absent where nothing is scheduled. */
  readonly schedule?: () => Promise<ScheduleSeen>
  /** How far back writes are counted; as a status counts them where it is left out. */
  readonly counting?: DiscardLimits
  /** The containers are looked at by somebody else. */
  readonly withoutServices?: boolean
  /** Seconds that are left of the run that this is a part of. */
  readonly left?: () => number
  readonly signal: AbortSignal
}

/**
 * Looks at everything that a status is made of, side by side, each with a deadline of its own: what hangs or throws harms no
 * other. Changes nothing but the samples that it keeps. Throws the signal's reason only.
 */
export async function lookAtStatus(request: StatusRequest, world: World): Promise<StatusEvidence> {
  const { targets, promised, shelf, schedule, withoutServices = false, left, signal } = request
  const watch: Watch = { clock: world.clock, signal, ...(left ? { left } : {}) }
  const at = world.clock.now().toISOString()
  const [services, seenTargets, room, scheduled] = await Promise.all([
    world.stack && !withoutServices
      ? look(watch, patience.compose, () => servicesOf(targets, world, watch))
      : undefined,
    Promise.all(targets.map((target) => lookAtTarget(target, request, world, watch))),
    look(watch, patience.shelf, () => roomFor(targets, shelf, world)),
    schedule && look(watch, patience.state, schedule),
  ])
  return {
    at,
    promised,
    ...(services ? { services } : {}),
    targets: seenTargets,
    shelf,
    room,
    ...(scheduled ? { schedule: scheduled } : {}),
  }
}

async function lookAtTarget(
  target: Target,
  { everySeconds, counting, timeZone = 'UTC' }: StatusRequest,
  world: World,
  watch: Watch,
): Promise<StatusTarget> {
  const protections = protectionsOf(target, world, watch, counting)
  const [server, catalog, found, recovery, slices, cutOff] = await Promise.all([
    look(watch, patience.server, (signal) =>
      withSession(target, world, signal, async (session) => {
        const { version, primary } = await session.server()
        return { version, primary }
      }),
    ),
    look(watch, patience.shelf, () => catalogOf(target, timeZone, world)),
    protections,
    protections.then((known) =>
      look(watch, patience.state, () => recoveryOf(target, known, world)),
    ),
    target.pointInTime
      ? look(watch, patience.slices, (signal) => troubleOf(target, everySeconds, world, signal))
      : undefined,
    look(watch, patience.state, () => cutOffOf(target, world)),
  ])
  return {
    name: target.name,
    pointInTime: target.pointInTime,
    server,
    catalog,
    ...found,
    places: placesOf(found, seen(catalog)?.newestGood),
    recovery,
    ...(slices ? { slices } : {}),
    cutOff,
  }
}

/**
 * Whether the newest good backup is at each place: that it was brought there once says nothing of now. A list that is older than the
 * copy does not tell.
 */
function placesOf(
  { places }: Protections,
  newest: ShelfSeen['newestGood'],
): StatusTarget['places'] {
  return places.map(({ name, held, ids, listedAt }) => {
    if (!newest || held.state !== 'seen') return { name, held }
    const holdsNewest = ids.includes(newest.id)
    const copy = newest.copies.find(({ to }) => to === name)
    const isOlder = copy?.state === 'ok' && Date.parse(copy.at) >= Date.parse(listedAt)
    return { name, held, ...(holdsNewest || !isOlder ? { holdsNewest } : {}) }
  })
}

/** What containers use is worth knowing, and no reason to wait or to fail. */
async function servicesOf(
  targets: readonly Target[],
  world: World,
  watch: Watch,
): Promise<readonly ServiceSeen[]> {
  const live = await lookAtProject(world)
  const { services } = stateOf(live, jobsOf(live.stack, targets))
  const used = await look(watch, patience.use, () =>
    lookAtUse(live.project.name, live.containers, world),
  )
  return services.map(
    ({ service, container, role, state, health, exitCode, startedAt, restarts }) => ({
      service,
      container,
      role,
      state,
      health,
      exitCode,
      startedAt,
      restarts,
      use: useOf(container, seen(used) ?? []),
    }),
  )
}

function useOf(container: string | null, used: readonly UseSeen[]): ServiceSeen['use'] {
  const found = used.find((one) => one.container === container)
  if (!found) return null
  const { cpuPercent, memoryBytes, memoryLimitBytes, trend } = found
  return { cpuPercent, memoryBytes, memoryLimitBytes, trend }
}

async function catalogOf(target: Target, timeZone: string, world: World): Promise<ShelfSeen> {
  const shelf = world.shelf(target)
  const [{ entries, unreadable }, trashed] = await Promise.all([shelf.catalog(), shelf.trash()])
  const backups = archivesFirst(entries.filter(({ manifest }) => manifest.purpose === 'backup'))
  const [newest] = backups
  const newestGood = backups.find(({ manifest, present }) => present && isGood(manifest.trust))
  const brief = ({ manifest, present, writtenAt }: (typeof backups)[number]) => {
    const { id, takenAt, trust, judgedAt, rawBytes, copies = [] } = manifest
    const changed = isWrittenSince(judgedAt, writtenAt) ? ({ changed: true } as const) : {}
    return { id, takenAt, trust, present, ...changed, rawBytes, copies }
  }
  return {
    count: backups.length,
    ...(newest ? { newest: brief(newest) } : {}),
    ...(newestGood ? { newestGood: brief(newestGood) } : {}),
    ...lastTestOf(backups),
    unreadable,
    unheld: unheldDatabases(entries, target.databases),
    days: daysOf(entries, trashed, world.clock.now(), timeZone),
  }
}

/** A restore of what would come back, and the replay behind it. */
async function recoveryOf(
  target: Target,
  { withoutServer: { newest } }: Protections,
  world: World,
): Promise<Forecast | null> {
  if (!newest) return null
  const rate = replayRate(await world.receipts.list(), target.name)
  const found = await restoreForecast(target, newest.rawBytes, world, newest.entries / rate)
  return found ?? null
}

async function troubleOf(
  target: Target,
  everySeconds: number,
  world: World,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { findings } = await sliceStatus(target, everySeconds, world, signal)
  return findings
}

/** Throws `STATE_UNREADABLE` (environment): a record that cannot be read may be that of a restore that was cut off. */
async function cutOffOf(target: Target, world: World): Promise<readonly CutOff[]> {
  const [broken] = await world.receipts.unreadable()
  if (broken)
    throw new Failure(
      'environment',
      'STATE_UNREADABLE',
      `the record ${broken.file} cannot be read: ${broken.reason}`,
      [`cat ${broken.file}`],
    )
  return cutOffAround(target, world)
}
