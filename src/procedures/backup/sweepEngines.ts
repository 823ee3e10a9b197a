import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'

/** Removes the containers and pipes that killed runs left; a sentence for each. */
export async function sweepEngines(
  { place }: Target,
  world: Pick<World, 'ownContainers' | 'pipes'>,
): Promise<readonly string[]> {
  const containers = place.kind === 'server' ? [] : await world.ownContainers.sweep()
  const pipes = await world.pipes.sweep()
  return [
    ...containers.map((name) => `removed container ${name}: the run that made it was cut off`),
    ...pipes.map((folder) => `removed ${folder}: the run that made it was cut off`),
  ]
}
