import { baseOf } from '../../domain/oplog/base.js'
import { outlivedSlices } from '../../domain/oplog/outlived.js'
import type { SliceManifest } from '../../domain/oplog/slice.js'
import type { CopyEntry } from '../../ports/copies.js'
import type { World } from '../../ports/world.js'
import { sliceSecondsAt } from './examineShelf.js'
import type { PlaceRequest } from './examinePlace.js'

/**
 * Slices at a place that go along with these copies, by the rules of a shelf: no copy that stays there needs them, and no time within the
 * configured one does. None where a paper there cannot be read: then nobody knows what needs what.
 */
export async function slicesGoingAt(
  { target, place, retention, signal }: PlaceRequest,
  entries: readonly CopyEntry[],
  going: readonly string[],
  { clock }: Pick<World, 'clock'>,
): Promise<readonly SliceManifest[]> {
  const seconds = sliceSecondsAt(place.name, retention)
  if (seconds === undefined || going.length === 0) return []
  const holdings = await place.sliceHoldings(target.name, signal)
  if (holdings.unreadable.length > 0) return []
  const bases = entries
    .filter(({ manifest: { id } }) => !going.includes(id))
    .flatMap(({ manifest, present }) => baseOf(manifest, present) ?? [])
  const since = new Date(clock.now().getTime() - seconds * 1000)
  // What calls itself another target's is not ours to judge, wherever it lies.
  return outlivedSlices({ ...holdings, bases }, since).filter(
    (slice) => slice.target === target.name,
  )
}
