import type { Kit } from '../../domain/kit.js'
import type { World } from '../../ports/world.js'

/**
 * Keeps the images of a kit on the shelf, each once, and lets go of those that no backup needs any more. Returns the ids. Throws what
 * the engine and the shelf throw.
 */
export async function keepImages(
  { images }: Pick<Kit, 'images'>,
  world: Pick<World, 'images' | 'supplies'>,
  signal: AbortSignal,
  detail: (text: string) => void,
): Promise<readonly string[]> {
  const kept = new Set<string>()
  for (const { id, name } of images) {
    if (id === undefined || kept.has(id)) continue
    // What is loaded from an archive has no digest that a registry gave it, and would be asked for again.
    if (name.includes('@')) {
      detail(`image ${name} is not kept: a name with a digest is only had from a registry`)
      continue
    }
    kept.add(id)
    if (await world.images.need(id)) continue
    const { bytes } = await world.images.keep(
      { id, name },
      world.supplies.saveImage(name, signal),
      signal,
    )
    detail(`image ${name} kept: ${Math.ceil(bytes / 1e6).toString()} MB`)
  }
  return [...kept]
}
