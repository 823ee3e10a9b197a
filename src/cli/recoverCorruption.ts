import type { World } from '../ports/world.js'
import { recoverFromCorruption } from '../procedures/dr/corruption/corruption.js'
import type { CorruptionRecovery, CorruptionRequest } from '../procedures/dr/corruption/recovery.js'
import type { Door } from './door.js'
import { follow, type Followed, type FollowFlags } from './follow.js'
import type { PitrReading } from './pitr.js'
import { takeNextBase } from './restoreMoment.js'

/** What `ops dr corruption` answers. */
export interface CorruptionRecovered extends CorruptionRecovery {
  /** The base that was taken afterwards; null where none was needed, or a slicer was quicker. */
  readonly nextBase: string | null
}

/**
 * Brings a damaged database back, and then takes the base that the next slices begin behind. Throws what the procedure throws;
 * `BASE_AFTER_RESTORE` (partial) where everything is back and only that base could not be taken.
 */
export async function recoverCorruption(
  request: CorruptionRequest,
  flags: FollowFlags,
  reading: PitrReading,
  world: World,
  door: Door,
): Promise<Followed<CorruptionRecovered>> {
  const followed = await follow(recoverFromCorruption, request, world, flags, door)
  if ('dryRun' in followed) return followed
  const { target } = request
  const nextBase =
    target.pointInTime && followed.done.back
      ? await takeNextBase(target, followed.done, reading, world, door)
      : null
  return { done: { ...followed.done, nextBase } }
}
