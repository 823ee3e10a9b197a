import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import type { StepContext } from '../plan.js'
import { sweepEngines } from './sweepEngines.js'
import { sweptText } from './sweptText.js'

/**
 * Makes the shelf ready for a new file, and tells what a killed run had left there, and of engines. To be called under the
 * lock.
 */
export async function prepareShelf(
  target: Target,
  world: Pick<World, 'shelf' | 'ownContainers' | 'pipes'>,
  { warn }: Pick<StepContext, 'warn'>,
): Promise<void> {
  const shelf = world.shelf(target)
  await shelf.prepare()
  for (const leftover of await shelf.sweep()) warn(sweptText(leftover))
  for (const left of await sweepEngines(target, world)) warn(left)
}
