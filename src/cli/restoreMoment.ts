import { Failure } from '../domain/failure.js'
import { wantedMoment } from '../domain/oplog/wantedMoment.js'
import type { Target } from '../domain/target.js'
import type { World } from '../ports/world.js'
import { restoreMoment, type MomentResult } from '../procedures/moment/restoreMoment.js'
import { warn, type Door } from './door.js'
import { follow, type Followed, type FollowFlags } from './follow.js'
import { sliceOnce, type PitrReading } from './pitr.js'

/** What `ops restore --to-time` answers. */
export interface MomentRestored extends MomentResult {
  /** The base that was taken afterwards; null where something else took one, or none is wanted. */
  readonly nextBase: string | null
}

/** The flags that go with a moment. */
export interface MomentFlags extends FollowFlags {
  readonly 'to-time': string
  readonly 'no-safety-backup': boolean
  readonly 'allow-version-mismatch': boolean
}

/** What may have been typed that does not go with a moment. */
export interface NotWithMoment {
  readonly backup: string
  readonly from?: string | undefined
  readonly database?: string | undefined
  readonly collection?: string | undefined
  readonly into?: string | undefined
}

/** Seconds that a slicer at work beside us gets. */
const patienceSeconds = 60

/**
 * Puts a target back to a moment, and takes the base that the next slices begin behind. Throws what the procedure throws;
 * `BASE_AFTER_RESTORE` (partial) where everything is back and only that base could not be taken.
 */
export async function restoreToMoment(
  target: Target,
  flags: MomentFlags,
  reading: PitrReading,
  world: World,
  door: Door,
): Promise<Followed<MomentRestored>> {
  const { signal } = door.interruption
  const request = {
    target,
    wanted: wantedMoment(flags['to-time'], world.clock.now()),
    safetyBackup: !flags['no-safety-backup'],
    allowVersionMismatch: flags['allow-version-mismatch'],
    compression: reading.config.backup.compression,
    signal,
  }
  const followed = await follow(restoreMoment, request, world, flags, door)
  if ('dryRun' in followed) return followed
  const nextBase = target.pointInTime
    ? await takeNextBase(target, followed.done, reading, world, door)
    : null
  return { done: { ...followed.done, nextBase } }
}

/** A slicer that runs beside us may be quicker: then it has taken the base, and there is nothing left to do. */
async function takeNextBase(
  target: Target,
  { receipt }: MomentResult,
  reading: PitrReading,
  world: World,
  door: Door,
): Promise<string | null> {
  try {
    for (let waited = 0; ; waited++) {
      try {
        const { base } = await sliceOnce(target, { base: true }, reading, world, door)
        return base ?? null
      } catch (error) {
        const isBusy = error instanceof Failure && error.kind === 'locked'
        if (!isBusy || waited >= patienceSeconds) throw error
        if (waited === 0) warn(door, 'another run holds the target: waiting for it')
        await world.clock.sleep(1000, door.interruption.signal)
      }
    }
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause
    throw new Failure(
      'partial',
      'BASE_AFTER_RESTORE',
      `everything is back and proved, but there is no base yet for what is written from now on: ${cause.message}`,
      [`ops pitr slice --base --target ${target.name}`, ...cause.next],
      { cause, facts: { receipt, code: cause.code } },
    )
  }
}

/** Throws `MOMENT_ALONE` (usage): a moment is that of a whole target, and its base is found, not named. */
export function requireAlone(given: NotWithMoment): void {
  const { backup, ...flags } = given
  const typed = Object.entries(flags).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`],
  )
  const [first] = backup === 'latest' ? typed : [`the backup ${backup}`, ...typed]
  if (first === undefined) return
  throw new Failure(
    'usage',
    'MOMENT_ALONE',
    `--to-time puts a whole target back, from the base that fits best: ${first} does not go with it`,
    [
      'ops restore --to-time TIME --dry-run',
      'ops restore --into NAME   (a copy of a backup, to fetch a part from)',
    ],
  )
}
