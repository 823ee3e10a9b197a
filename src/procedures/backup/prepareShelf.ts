import type { Target } from '../../domain/target.js'
import type { Leftover } from '../../ports/shelf.js'
import type { World } from '../../ports/world.js'
import type { StepContext } from '../plan.js'

/** Makes the shelf ready for a new file, and tells what a killed run had left there. To be called under the lock. */
export async function prepareShelf(
  target: Target,
  world: Pick<World, 'shelf'>,
  { warn }: Pick<StepContext, 'warn'>,
): Promise<void> {
  const shelf = world.shelf(target)
  await shelf.prepare()
  for (const leftover of await shelf.sweep()) warn(sweptText(leftover))
}

function sweptText({ file, bytes, fate }: Leftover): string {
  return fate === 'removed'
    ? `removed ${file} (${bytes.toString()} bytes): an earlier run was cut off while writing it`
    : `moved to ${file} (${bytes.toString()} bytes): an earlier run was cut off before it could be listed`
}
