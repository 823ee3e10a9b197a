import { Failure } from '../../domain/failure.js'
import { imageGrace } from '../../ports/keptImages.js'
import type { World } from '../../ports/world.js'
import type { KitRequest } from '../kit/kitRequest.js'
import type { StepContext } from '../plan.js'
import { sweepPlaceImages } from './bringImages.js'

/**
 * Lets go of images that no backup needs any more, beside those that the newest one needs, on the shelf and at the places that things are removed from. It is tidying up:
 * what fails is told, and the next backup tries again.
 */
export async function sweepImages(
  { unpruned = [] }: KitRequest,
  needed: readonly string[],
  world: Pick<World, 'images' | 'copies' | 'clock'>,
  { signal, detail, warn }: Pick<StepContext, 'signal' | 'detail' | 'warn'>,
): Promise<void> {
  const attempt = async (where: string, work: () => Promise<readonly string[]>) => {
    try {
      for (const name of await work())
        detail(`image ${name} is needed by no backup in ${where}: it is gone`)
    } catch (error) {
      if (signal.aborted || !(error instanceof Failure)) throw error
      warn(`images in ${where} were not tidied up: ${error.message}`)
    }
  }
  const before = new Date(world.clock.now().getTime() - imageGrace)
  await attempt('the shelf', () => world.images.sweep(needed, before))
  for (const place of world.copies)
    if (!unpruned.includes(place.name))
      await attempt(place.name, () => sweepPlaceImages(place, needed, before, signal))
}
