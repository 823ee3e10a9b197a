import { Failure } from '../../domain/failure.js'
import { baseOf } from '../../domain/oplog/base.js'
import type { SliceManifest } from '../../domain/oplog/slice.js'
import type { Target } from '../../domain/target.js'
import type { CopyPlace } from '../../ports/copies.js'
import type { Spooled } from '../../ports/shelf.js'
import type { World } from '../../ports/world.js'
import { requireSpace } from '../backup/space.js'
import { differenceOf } from '../oplog/verifySlices.js'
import type { Stock } from './stock.js'

/**
 * What a place has: the shelf may be empty, or another machine's. What is needed is brought to the shelf's disk for the time of the
 * restore, and proved there. Throws what the place throws.
 */
export async function placeStock(
  place: CopyPlace,
  target: Target,
  world: World,
  signal: AbortSignal,
): Promise<Stock> {
  const shelf = world.shelf(target)
  const { entries } = await place.list(target.name, signal)
  const holdings = await place.sliceHoldings(target.name, signal)
  const brought = new Map<string, Spooled>()
  const told = holdings.unreadable.map(
    ({ file, reason }) => `${file} cannot be read (${reason}): what it is about does not count`,
  )
  const lost = new Set<string>()

  async function bring(slice: SliceManifest): Promise<boolean> {
    requireSpace(await shelf.freeBytes(), slice.bytes, shelf.folder)
    const spooled = await shelf.spool(place.readSlice(target.name, slice.file, signal))
    const because = await differenceOf(slice, { read: () => shelf.read(spooled.path) }, signal)
    if (because === undefined) {
      brought.set(slice.file, spooled)
      return true
    }
    await spooled.discard()
    told.push(`the copy of ${slice.file} in ${place.where} is damaged: ${because}`)
    return false
  }

  return {
    bases: entries.flatMap(({ manifest, present }) => baseOf(manifest, present) ?? []),
    slices: {
      read({ file }) {
        const spooled = brought.get(file)
        if (!spooled) throw new Error(`${file} is read once it was brought`)
        return shelf.read(spooled.path)
      },
    },
    told,
    lost,
    holdings: () => Promise.resolve(holdings),
    base: (id) => ({ kind: 'copy', place, id, signal }),
    firstAbsent: (slices) => Promise.resolve(slices.find(({ file }) => !brought.has(file))),
    async have(slice) {
      try {
        return await bring(slice)
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof Failure) || error.code !== 'COPY_MISSING') throw error
        told.push(error.message)
        return false
      }
    },
    async discard() {
      for (const spooled of brought.values()) await spooled.discard()
      brought.clear()
    },
  }
}
