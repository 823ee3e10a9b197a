import { Failure } from '../../domain/failure.js'
import { baseOf } from '../../domain/oplog/base.js'
import { heldBehind } from '../../domain/oplog/held.js'
import { outlivedSlices } from '../../domain/oplog/outlived.js'
import type { SliceManifest } from '../../domain/oplog/slice.js'
import type { Holdings } from '../../domain/oplog/timelines.js'
import type { Target } from '../../domain/target.js'
import type { CopyPlace, PlacedFile } from '../../ports/copies.js'
import type { Slices } from '../../ports/slices.js'
import type { World } from '../../ports/world.js'
import { paper } from './paper.js'

/** What was brought to a place. */
export interface SlicesBrought {
  /** Slices brought now. */
  readonly copied: number
  /** Bytes of their files. */
  readonly bytes: number
  /** Slices that were there already. */
  readonly there: number
}

/** How slices are brought. */
export interface BringSlices {
  /** Names and bytes of what is known to lie there: saves asking, and learns what was brought. */
  readonly known?: Map<string, number>
  /** Seconds for which the retention of the place keeps slices whatever else; left out where nothing is removed from it. */
  readonly sliceSeconds?: number | undefined
}

/**
 * Brings to a place the slices behind the backups whose copies it has, oldest first, and the notes of their timelines. A
 * slice's manifest follows its file: while that is not there, no slice is. What is there with its size is left. The slices on
 * the shelf are never touched. What the retention of the place would remove again is not brought. Throws what the place throws.
 */
export async function bringSlices(
  target: Target,
  place: CopyPlace,
  world: Pick<World, 'shelf' | 'slices' | 'clock'>,
  signal: AbortSignal,
  { known, sliceSeconds }: BringSlices = {},
): Promise<SlicesBrought> {
  const slices = world.slices(target)
  const holdings = await slices.holdings()
  if (holdings.slices.length === 0) return { copied: 0, bytes: 0, there: 0 }
  const held = (await world.shelf(target).list()).filter(
    ({ manifest: { copies } }) =>
      copies?.some(({ to, state }) => to === place.name && state === 'ok') === true,
  )
  const behind = heldBehind(holdings, new Set(held.map(({ manifest: { id } }) => id)))
  const bases = held.flatMap(({ manifest }) => baseOf(manifest, true) ?? [])
  const outlived = outlivedAt({ ...holdings, bases }, world.clock.now(), sliceSeconds)
  const wanted = { ...behind, slices: behind.slices.filter(({ id }) => !outlived.has(id)) }
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
  let damaged: Failure | undefined
  for (const { base, ...note } of wanted.anchors)
    await bring(paper(`${base}.base.json`, { base, ...note }))
  for (const slice of wanted.slices) {
    signal.throwIfAborted()
    const { file: name, sha256 } = slice
    const file = { name, bytes: slice.bytes, sha256, read: () => slices.read(slice) }
    const isNew = await bring(file).catch(async (error: unknown) => {
      const found = await noted(error, slice, slices, world)
      damaged ??= found
      return undefined
    })
    if (isNew === undefined) continue
    const told = await bring(paper(`${slice.id}.json`, slice))
    if (!isNew && !told) continue
    copied += 1
    bytes += slice.bytes
  }
  for (const gap of wanted.gaps)
    await bring(paper(`${target.name}-${gap.timeline.toString().padStart(4, '0')}.gap.json`, gap))
  if (damaged) throw damaged
  return { copied, bytes, there: wanted.slices.length - copied }
}

/**
 * One that is damaged on the shelf is noted down as such, and holds up none of the others: told once, it counts as absent from then on.
 * Any other failure is thrown again.
 */
async function noted(
  error: unknown,
  { id }: SliceManifest,
  slices: Pick<Slices, 'judge'>,
  { clock }: Pick<World, 'clock'>,
): Promise<Failure> {
  if (!(error instanceof Failure) || error.code !== 'COPY_SOURCE_CHANGED') throw error
  await slices.judge(id, { at: clock.now().toISOString(), because: error.message })
  return error
}

/** Slices that the retention of a place would remove. */
function outlivedAt(
  holdings: Holdings,
  now: Date,
  sliceSeconds: number | undefined,
): ReadonlySet<string> {
  if (sliceSeconds === undefined) return new Set()
  const since = new Date(now.getTime() - sliceSeconds * 1000)
  return new Set(outlivedSlices(holdings, since).map(({ id }) => id))
}
