import { readLimits, type ServiceLimits } from '../../domain/limitsFile.js'
import type { World } from '../../ports/world.js'
import type { ServiceScene } from './serviceScene.js'

/** What the compose file of ops says of a service: null is nothing yet, undefined a file that somebody has taken over. */
export async function limitsSaid(
  { limitsFile, service }: Pick<ServiceScene, 'limitsFile' | 'service'>,
  { ownCompose }: Pick<World, 'ownCompose'>,
): Promise<ServiceLimits | null | undefined> {
  const text = await ownCompose.text(limitsFile)
  const all = text === undefined ? {} : readLimits(text)
  return all && (all[service] ?? null)
}
