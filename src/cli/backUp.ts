import type { ConfigReading } from '../config/config.js'
import type { EngineChoice, Target } from '../domain/target.js'
import type { World } from '../ports/world.js'
import type { Door } from './door.js'
import { lockLimitSeconds } from './flags.js'
import type { FollowFlags } from './follow.js'
import { retentionOf } from './retention.js'
import type { ScheduleWorld } from './scheduleWorld.js'
import { backUpEach, backupOf, type BackupsRequest } from './takeBackups.js'
import { patienceOf, watched, type ScheduledFlags } from './watched.js'

/** The flags of `ops backup`. */
export interface BackUpFlags extends ScheduledFlags, FollowFlags {
  readonly engine?: EngineChoice | undefined
  readonly all: boolean
  readonly physical?: boolean
  readonly 'lock-limit': string
  readonly settled?: string | undefined
  readonly retries?: number | undefined
  readonly 'lock-wait'?: string | undefined
}

/** How a backup is taken where nobody says anything else. */
export function backupsRequest({
  config,
  plainPasswords,
}: Pick<ConfigReading, 'config' | 'plainPasswords'>): Omit<BackupsRequest, 'targets'> {
  return {
    engine: undefined,
    compression: config.backup.compression,
    retention: retentionOf(config),
    kit: {
      configurationFile: config.file,
      plainPasswords,
      targets: Object.values(config.targets),
      keepImages: config.backup.keepImages,
      unpruned: config.backup.copies.flatMap(({ name, prune }) => (prune === false ? [name] : [])),
    },
  }
}

/**
 * The backups that were asked for: one where it is one target's, else one of each. The dead man's switch is told of a run
 * that covers every target, or that was scheduled: a backup of one of several says nothing of the others. Throws what
 * taking a backup throws.
 */
export async function backUp(
  targets: readonly Target[],
  flags: BackUpFlags,
  reading: Pick<ConfigReading, 'config' | 'plainPasswords'>,
  worlds: { readonly world: World; readonly schedule: ScheduleWorld },
  door: Door,
) {
  const { world, schedule } = worlds
  const { config } = reading
  let most = 1
  const how = {
    ...backupsRequest(reading),
    engine: flags.engine,
    ...(flags.settled === undefined ? {} : { settled: flags.settled }),
    ...(flags.physical === true
      ? { physical: { lockLimitSeconds: lockLimitSeconds(flags['lock-limit']) } }
      : {}),
    patience: patienceOf(flags, config),
    tries: (count: number) => {
      most = Math.max(most, count)
    },
  }
  const [only] = targets
  const work = async () =>
    only && targets.length === 1 && !flags.all
      ? { one: await backupOf(only, how, world, flags, door) }
      : { each: await backUpEach({ targets, ...how }, world, flags, door) }
  if (flags['dry-run'] === true) return work()
  const whole = targets.length === Object.keys(config.targets).length
  const watching = { job: 'backup' as const, flags, deadman: flags.scheduled || whole }
  return watched(work, { ...watching, tries: () => most }, schedule, door)
}
