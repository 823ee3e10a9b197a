import { neededBases } from '../../domain/oplog/needed.js'
import { runsEverTaken } from '../../domain/oplog/timelines.js'
import type { Shelf } from '../../ports/shelf.js'
import type { Slices } from '../../ports/slices.js'
import { basesOn } from './status.js'

/**
 * What needs a backup because slices continue it: those of the time since `since` could not be restored to without it. A
 * target without slices needs none for that. Where anything that slices are known by cannot be read, every backup may be needed.
 */
export async function neededBySlices(
  places: { readonly shelf: Shelf; readonly slices: Slices },
  since: Date,
): Promise<(id: string) => readonly string[]> {
  const holdings = await places.slices.holdings()
  const [unread] = holdings.unreadable
  if (unread) return () => [`slices that cannot be read may continue it (${unread.file})`]
  if (holdings.slices.length === 0) return () => []
  const runs = runsEverTaken({ ...holdings, bases: await basesOn(places.shelf) })
  const needed = neededBases({ runs }, since)
  return (id) => (needed.has(id) ? ['the slices of the oplog behind it'] : [])
}
