import { createHash } from 'node:crypto'
import { heldBehind } from '../../domain/oplog/held.js'
import type { Target } from '../../domain/target.js'
import type { CopyPlace, PlacedFile } from '../../ports/copies.js'
import type { World } from '../../ports/world.js'

/** What was brought to a place. */
export interface SlicesBrought {
  /** Slices brought now. */
  readonly copied: number
  /** Bytes of their files. */
  readonly bytes: number
  /** Slices that were there already. */
  readonly there: number
}

/** Names and bytes of what is known to lie at a place. */
export type KnownThere = Map<string, number>

/**
 * Brings to a place the slices behind the backups whose copies it has, oldest first, and the notes of their timelines. A
 * slice's manifest follows its file: while that is not there, no slice is. What is there with its size is left. The slices on
 * the shelf are never touched. `known` saves asking what is there, and learns what was brought. Throws what the place throws.
 */
export async function bringSlices(
  target: Target,
  place: CopyPlace,
  world: Pick<World, 'shelf' | 'slices'>,
  signal: AbortSignal,
  known?: KnownThere,
): Promise<SlicesBrought> {
  const slices = world.slices(target)
  const holdings = await slices.holdings()
  if (holdings.slices.length === 0) return { copied: 0, bytes: 0, there: 0 }
  const held = (await world.shelf(target).list()).flatMap(({ manifest: { id, copies } }) =>
    copies?.some(({ to, state }) => to === place.name && state === 'ok') === true ? [id] : [],
  )
  const wanted = heldBehind(holdings, new Set(held))
  if (wanted.slices.length === 0) return { copied: 0, bytes: 0, there: 0 }
  const there = known ?? new Map<string, number>()
  if (there.size === 0)
    for (const [name, size] of await place.slices(target.name, signal)) there.set(name, size)

  const watch = { signal, progress: () => undefined }
  const bring = async (file: Omit<PlacedFile, 'target'>): Promise<boolean> => {
    if (there.get(file.name) === file.bytes) return false
    await place.bringSlice({ ...file, target: target.name }, watch)
    there.set(file.name, file.bytes)
    return true
  }
  let copied = 0
  let bytes = 0
  for (const { base, ...note } of wanted.anchors)
    await bring(paper(`${base}.base.json`, { base, ...note }))
  for (const slice of wanted.slices) {
    signal.throwIfAborted()
    const { file: name, sha256 } = slice
    const file = { name, bytes: slice.bytes, sha256, read: () => slices.read(slice) }
    const isNew = await bring(file)
    const told = await bring(paper(`${slice.id}.json`, slice))
    if (!isNew && !told) continue
    copied += 1
    bytes += slice.bytes
  }
  for (const gap of wanted.gaps)
    await bring(paper(`${target.name}-${gap.timeline.toString().padStart(4, '0')}.gap.json`, gap))
  return { copied, bytes, there: wanted.slices.length - copied }
}

/** A small file, as it lies on the shelf. */
function paper(name: string, content: object): Omit<PlacedFile, 'target'> {
  const text = Buffer.from(`${JSON.stringify(content)}\n`)
  const sha256 = createHash('sha256').update(text).digest('hex')
  return {
    name,
    bytes: text.length,
    sha256,
    async *read() {
      yield await Promise.resolve(text)
    },
  }
}
