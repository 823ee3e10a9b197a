import { Failure } from '../domain/failure.js'
import { wantedMoment } from '../domain/oplog/wantedMoment.js'
import type { Target } from '../domain/target.js'
import type { World } from '../ports/world.js'
import { placeNamed } from '../procedures/copies/places.js'
import { restoreMoment, type MomentResult } from '../procedures/moment/restoreMoment.js'
import { restorePart } from '../procedures/moment/restorePart.js'
import type { Choice } from '../procedures/restore/selection.js'
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
  readonly from?: string | undefined
  readonly database?: string | undefined
  readonly collection?: string | undefined
  readonly into?: string | undefined
  readonly image?: string | undefined
  readonly 'no-safety-backup': boolean
  readonly 'no-discarded-writes': boolean
  readonly 'allow-version-mismatch': boolean
}

/** Seconds that a slicer at work beside us gets. */
const patienceSeconds = 60

/**
 * Puts a target, or the part of it that the flags name, back to a moment, and takes the base that the next slices begin behind. Throws what the procedure throws;
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
    keepDiscarded: !flags['no-discarded-writes'],
    signal,
    ...(flags.from === undefined ? {} : { from: placeNamed(flags.from, world.copies) }),
  }
  const { image } = flags
  const choice = chosen(flags)
  const followed = await (Object.keys(choice).length === 0
    ? follow(restoreMoment, request, world, flags, door)
    : follow(
        restorePart,
        { ...request, choice, ...(image === undefined ? {} : { image }) },
        world,
        flags,
        door,
      ))
  if ('dryRun' in followed) return followed
  // A copy beside the live databases is in the oplog like every other write: slices go on.
  const isReplaced = followed.done.into === null
  const nextBase =
    target.pointInTime && isReplaced
      ? await takeNextBase(target, followed.done, reading, world, door)
      : null
  return { done: { ...followed.done, nextBase } }
}

/**
 * Takes the base that the next slices begin behind; its id, or nothing where a slicer beside us was quicker. Who holds the target
 * with a backup began it after the restore had let go of it: that is the wanted base, however long it takes. Throws
 * `BASE_AFTER_RESTORE` (partial).
 */
export async function takeNextBase(
  target: Target,
  { receipt }: Pick<MomentResult, 'receipt'>,
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
        if (!isBusy) throw error
        if (waited >= patienceSeconds) {
          if ((await world.locks.owner(target.name))?.command !== 'backup') throw error
          warn(door, 'another run is taking the next base: nothing is left to do here')
          return null
        }
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

function chosen({ database, collection, into }: MomentFlags): Choice {
  return {
    ...(database === undefined ? {} : { database }),
    ...(collection === undefined ? {} : { collection }),
    ...(into === undefined ? {} : { into }),
  }
}

/** Throws `MOMENT_ALONE` (usage): the base of a moment is found, not named. */
export function requireAlone(backup: string): void {
  if (backup === 'latest') return
  throw new Failure(
    'usage',
    'MOMENT_ALONE',
    `--to-time takes the base that fits best: the backup ${backup} does not go with it`,
    ['ops restore --to-time TIME --dry-run', `ops restore ${backup} --dry-run`],
  )
}
