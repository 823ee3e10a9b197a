import { formOf } from '../../domain/backupFile.js'
import { Failure } from '../../domain/failure.js'
import type { Manifest } from '../../domain/manifest.js'
import { baseOf } from '../../domain/oplog/base.js'
import { newestMoment } from '../../domain/oplog/newest.js'
import { isAfter } from '../../domain/oplog/optime.js'
import { historyOf } from '../../domain/oplog/timelines.js'
import type { WantedMoment } from '../../domain/oplog/wantedMoment.js'
import type { Target } from '../../domain/target.js'
import { isGood } from '../../domain/trust.js'
import type { CopyPlace } from '../../ports/copies.js'
import type { ShelfEntry } from '../../ports/shelf.js'
import type { World } from '../../ports/world.js'

/** A backup of the shelf that lies elsewhere too. */
export interface Elsewhere {
  readonly entry: ShelfEntry
  /** Absent where the configuration names no place: then the drill makes one of its own. */
  readonly place?: CopyPlace
  /** The newest moment that slices behind it at the place reach; absent where none lie there. */
  readonly reaches?: WantedMoment
  /** What would be lost with the host, a sentence each. */
  readonly notes: readonly string[]
}

/**
 * Finds out what would be left if the host were gone now: the newest good backup of the shelf that lies at a place as well.
 * Throws `DRILL_NOT_COPIED` (not-found) where there are places, and none that can be reached holds any; and the signal's reason.
 */
export async function elsewhere(
  target: Target,
  newest: ShelfEntry,
  world: Pick<World, 'copies' | 'shelf'>,
  signal: AbortSignal,
): Promise<Elsewhere> {
  const { copies } = world
  if (copies.length === 0)
    return {
      entry: newest,
      notes: [
        'backup.copies names no place: were this host gone, nothing would be left; the drill makes a copy for itself',
      ],
    }
  const notes: string[] = []
  const lies = new Map<string, CopyPlace>()
  for (const place of copies) {
    for (const id of await idsAt(place, target, notes, signal))
      if (!lies.has(id)) lies.set(id, place)
  }
  const good = (await world.shelf(target).list()).filter(
    ({ manifest, present }) =>
      present &&
      isGood(manifest.trust) &&
      manifest.purpose === 'backup' &&
      formOf(manifest).content === 'archive',
  )
  const entry = good.find(({ manifest }) => lies.has(manifest.id))
  const place = entry && lies.get(entry.manifest.id)
  if (!place) throw notCopied(target.name, copies, notes)
  for (const { manifest } of good.slice(0, good.indexOf(entry)))
    notes.push(
      `${manifest.id} lies at no place: what it holds beyond ${entry.manifest.id} would be lost with the host`,
    )
  const reaches = await reachedBehind(entry.manifest, place, signal)
  return { entry, place, notes, ...(reaches ? { reaches } : {}) }
}

/** How far slices lead beyond a backup, by what their papers say. */
async function reachedBehind(
  manifest: Manifest,
  place: CopyPlace,
  signal: AbortSignal,
): Promise<WantedMoment | undefined> {
  const base = baseOf(manifest, true)
  if (!base) return undefined
  const holdings = await place.sliceHoldings(manifest.target, signal)
  const newest = newestMoment(historyOf({ ...holdings, bases: [base] }))
  return newest && isAfter(newest.until, base.last.at) ? newest : undefined
}

/** One place that cannot be reached is no reason not to look at the next. */
async function idsAt(
  place: CopyPlace,
  target: Target,
  notes: string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const { entries } = await place.list(target.name, signal)
    return entries.flatMap(({ manifest, present }) =>
      present && isGood(manifest.trust) ? [manifest.id] : [],
    )
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof Failure)) throw error
    notes.push(`${place.name} cannot be used: ${error.message}`)
    return []
  }
}

function notCopied(
  target: string,
  copies: readonly CopyPlace[],
  notes: readonly string[],
): Failure {
  const places = copies.map(({ name }) => name).join(', ')
  return new Failure(
    'not-found',
    'DRILL_NOT_COPIED',
    [
      `no good backup of "${target}" lies at ${places}: were this host gone, it could not be built again`,
      ...notes,
    ].join('; '),
    ['ops backup copy --all', 'ops backup copy --dry-run'],
  )
}
