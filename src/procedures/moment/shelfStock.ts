import type { Base } from '../../domain/oplog/base.js'
import type { SliceManifest } from '../../domain/oplog/slice.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { SliceMender } from '../oplog/mendSlices.js'
import { differenceOf } from '../oplog/verifySlices.js'
import type { Stock } from './stock.js'

/**
 * What the shelf has. A slice that is damaged is noted down as such there, and a sound copy from a place is put in its place, for good: it
 * is what its manifest says has been there all the time.
 */
export function shelfStock(
  target: Target,
  bases: readonly Base[],
  world: World,
  signal: AbortSignal,
): Stock {
  const shelf = world.slices(target)
  const mender = new SliceMender(target, world, signal)
  const proved = new Set<string>()
  const told: string[] = []
  const lost = new Set<string>()
  let named = false

  async function isWhole(slice: SliceManifest): Promise<boolean> {
    if (proved.has(slice.id)) return true
    const because = await differenceOf(slice, shelf, signal)
    if (because === undefined) {
      proved.add(slice.id)
      return true
    }
    await shelf.judge(slice.id, { at: world.clock.now().toISOString(), because })
    return false
  }

  return {
    bases,
    slices: shelf,
    told,
    lost,
    async holdings() {
      const holdings = await shelf.holdings()
      if (!named)
        for (const { file, reason } of holdings.unreadable)
          told.push(`${file} cannot be read (${reason}): what it is about does not count`)
      named = true
      return holdings
    },
    base: (id) => ({ kind: 'id', id }),
    async firstAbsent(slices, present) {
      for (const slice of slices)
        if (!present.has(slice.id) || !(await isWhole(slice))) return slice
      return undefined
    },
    async have(slice) {
      const from = await mender.mend(slice)
      told.push(
        from === undefined
          ? [
              `${slice.file} is damaged or missing, and no place has a sound copy`,
              ...mender.doubts,
            ].join('; ')
          : `${slice.file} was damaged or missing: a sound copy was brought from ${from}`,
      )
      return from !== undefined
    },
    discard: () => Promise.resolve(),
  }
}
