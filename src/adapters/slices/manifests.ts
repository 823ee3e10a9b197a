import type { SliceManifest } from '../../domain/oplog/slice.js'
import type { SliceHoldings } from '../../ports/slices.js'
import { answers, atOnce, stampOf } from '../shelf/catalog.js'
import {
  readIndex,
  sameStamp,
  worthIndexing,
  writeIndex,
  type CatalogIndex,
  type Indexed,
} from '../shelf/catalogIndex.js'
import type { SliceLayout, Sorted } from './layout.js'
import { readDamage, readSliceManifest } from './papers.js'

/** A cache of what manifests say. Without it, or where it is damaged, everything is as right and only slower. */
const indexName = '.slices.json'

type Found = Pick<SliceHoldings, 'slices' | 'unreadable'>

/**
 * The manifests of slices, in this order, and whether the file of each is there. One that has not changed since it was last
 * read comes from the index; each of the files is looked at, manifest and slice, so that what was changed, exchanged or
 * removed is seen at once. Looked at as the backups of a shelf are: see `catalogOf`.
 */
export async function readManifests(
  names: SliceLayout,
  { slices: listed, damaged }: Pick<Sorted, 'slices' | 'damaged'>,
  now: number,
): Promise<Found> {
  const ids = listed.map(({ id }) => id)
  const doubted = new Set(damaged)
  const many = ids.length >= worthIndexing
  const index: CatalogIndex<SliceManifest> = many
    ? await readIndex(names.folder, indexName)
    : new Map()
  const fresh = new Map<string, Indexed<SliceManifest>>()
  const slices: SliceHoldings['slices'][number][] = []
  const unreadable: SliceHoldings['unreadable'][number][] = []
  let learned = 0
  for (const [at, id] of ids.entries()) {
    if (at % atOnce === 0) await answers(names.folder)
    const path = names.manifest(id)
    const stamp = stampOf(path)
    if (!stamp) continue
    let known = index.get(id)
    if (!known || !sameStamp(known.stamp, stamp)) {
      const read = await readSliceManifest(path, id)
      if ('reason' in read) {
        unreadable.push({ file: path, reason: read.reason })
        continue
      }
      known = { stamp, manifest: read.paper }
      learned += 1
    }
    fresh.set(id, known)
    const { manifest } = known
    const damage = doubted.has(id) ? await readDamage(names.damage(id)) : undefined
    const isThere = stampOf(names.path(manifest.file))?.bytes === manifest.bytes
    slices.push({ manifest, present: isThere && !damage, ...(damage ? { damage } : {}) })
  }
  if (many && (learned > 0 || fresh.size !== index.size))
    await writeIndex(names.folder, fresh, now, indexName)
  return { slices, unreadable }
}
