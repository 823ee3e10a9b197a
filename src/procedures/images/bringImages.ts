import type { Manifest } from '../../domain/manifest.js'
import type { CopyPlace, CopyWatch } from '../../ports/copies.js'
import { imageFile, imagePaper } from '../../ports/keptImages.js'
import type { World } from '../../ports/world.js'
import { paper } from '../copies/paper.js'

/**
 * Brings the images that a backup needs to a place, each once: the file, then the paper that says that it is whole. One that is not
 * kept on the shelf any more is left out. Throws what the place throws.
 */
export async function bringImages(
  { kit }: Manifest,
  place: CopyPlace,
  { images }: Pick<World, 'images'>,
  { signal }: Pick<CopyWatch, 'signal'>,
): Promise<void> {
  const wanted = kit?.images ?? []
  if (wanted.length === 0) return
  const there = await place.images(signal)
  const watch = { signal, progress: () => undefined }
  for (const id of wanted) {
    const image = await images.find(id)
    if (!image) continue
    const { bytes, sha256 } = image
    const told = paper(imagePaper(id), image)
    const read = () => images.read(image)
    if (there.get(imageFile(id))?.bytes !== bytes)
      await place.bringImage({ name: imageFile(id), bytes, sha256, read }, watch)
    // Anew each time: by its age a sweep of another host sees that somebody needs the image.
    await place.bringImage(told, watch)
  }
}

/**
 * Removes images from a place that no copy there needs any more and nobody has brought since `before`, and tells which; those known
 * to be needed stay. Every manifest there is read first, of whichever target; one that cannot be read may need any of them, so that
 * nothing goes then. Throws what the place throws.
 */
export async function sweepPlaceImages(
  place: CopyPlace,
  known: readonly string[],
  before: Date,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const needed = new Set(known.flatMap((id) => [imageFile(id), imagePaper(id)]))
  const there = await place.images(signal)
  const names = [...there.keys()].filter((name) => latest(name, there) < before)
  if (names.every((name) => needed.has(name))) return []
  for (const target of await place.targets(signal)) {
    const { entries, unreadable } = await place.list(target, signal)
    if (unreadable.length > 0) return []
    for (const { manifest } of entries)
      for (const id of manifest.kit?.images ?? []) {
        needed.add(imageFile(id))
        needed.add(imagePaper(id))
      }
  }
  // Papers first: without one an image is none.
  const gone = names.filter((name) => !needed.has(name)).sort()
  for (const name of gone) await place.removeImage(name, signal)
  return gone
}

/** When an image was last brought, going by the newer of its file and its paper. */
function latest(name: string, there: ReadonlyMap<string, { readonly at: Date }>): Date {
  const bare = name.replace(/\.(json|tar\.gz)$/, '')
  const times = [`${bare}.json`, `${bare}.tar.gz`].map((each) => there.get(each)?.at.getTime() ?? 0)
  return new Date(Math.max(...times))
}
