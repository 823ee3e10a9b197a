import { look, seen, type Watch } from '../../checks/doctor/look.js'
import type { Looked } from '../../checks/doctor/evidence.js'
import type { Held, Left } from '../../checks/status/evidence.js'
import type { Discarded } from '../../domain/discarded.js'
import { baseOf } from '../../domain/oplog/base.js'
import { historyOf } from '../../domain/oplog/timelines.js'
import {
  isSameState,
  newestOf,
  newestProtection,
  type HeldBackup,
  type Protection,
} from '../../domain/protection.js'
import type { Target } from '../../domain/target.js'
import type { CopyPlace } from '../../ports/copies.js'
import type { SliceHoldings } from '../../ports/slices.js'
import type { World } from '../../ports/world.js'
import { countDiscarded } from '../discarded/countDiscarded.js'
import type { DiscardLimits } from '../discarded/countingBound.js'
import { isWrittenIn } from '../discarded/replaced.js'
import { withSession } from '../withSession.js'

/** Seconds that anything may take: a folder, a service elsewhere, and a server, which is asked and read for so long. */
const patience = { shelf: 10, place: 20, server: 15 }

/** How long writes are counted: a status is looked at often, and by programs. */
const usual: DiscardLimits = { seconds: 5, entries: 2_000_000 }

/** What a place could bring back, and ids of the backups that are there whole; of one that could not be looked at none is known. */
interface PlaceLooked {
  readonly name: string
  readonly held: Held
  readonly ids: readonly string[]
  /** When that was so, RFC 3339 UTC: what was brought there since may be missing. */
  readonly listedAt: string
}

/** What could be brought back of a target, from where, and what would be lost. */
export interface Protections {
  readonly shelf: Held
  readonly places: readonly PlaceLooked[]
  readonly withoutServer: Left
  readonly withoutHost: Left
}

/**
 * Finds the newest state that the shelf and each place could bring back, and counts what was written since. Each is looked at
 * with a deadline of its own. Throws the watch's reason.
 */
export async function protectionsOf(
  target: Target,
  world: World,
  watch: Watch,
  counting = usual,
): Promise<Protections> {
  const [shelf, places] = await Promise.all([
    look(watch, patience.shelf, () => onShelf(target, world)),
    Promise.all(world.copies.map((place) => atPlace(place, target, world, watch))),
  ])
  const away = places.flatMap(({ held: one }) => seen(one) ?? [])
  const here = seen(shelf)
  const withoutServer = newestOf(here ? [here, ...away] : away) ?? null
  const withoutHost = newestOf(away) ?? null
  const isSame = isSameState(withoutHost, withoutServer)
  const lost = (newest: Protection | null) => lostSince(newest, target, world, watch, counting)
  const first = lost(withoutServer)
  const [afterServer, afterHost] = await Promise.all([first, isSame ? first : lost(withoutHost)])
  return {
    shelf,
    places,
    withoutServer: { newest: withoutServer, lost: afterServer },
    withoutHost: { newest: withoutHost, lost: afterHost },
  }
}

async function atPlace(
  place: CopyPlace,
  target: Target,
  { clock }: Pick<World, 'clock'>,
  watch: Watch,
): Promise<PlaceLooked> {
  const now = clock.now().toISOString()
  const looked = await look(watch, patience.place, async (signal) => {
    const { entries, listedAt = now } = await place.list(target.name, signal)
    return {
      listedAt,
      held: held(entries, await place.sliceHoldings(target.name, signal), target),
      ids: entries.flatMap(({ manifest, present }) => (present ? [manifest.id] : [])),
    }
  })
  const { name } = place
  if (looked.state !== 'seen') return { name, held: looked, ids: [], listedAt: now }
  const { held: facts, ids, listedAt } = looked.facts
  return { name, held: { state: 'seen', facts }, ids, listedAt }
}

async function onShelf(target: Target, world: World): Promise<Protection | null> {
  const entries = await world.shelf(target).list()
  return held(entries, await world.slices(target).holdings(), target)
}

function held(
  entries: readonly HeldBackup[],
  slices: SliceHoldings,
  { databases }: Target,
): Protection | null {
  const bases = entries.flatMap(({ manifest, present }) => baseOf(manifest, present) ?? [])
  return newestProtection(entries, historyOf({ ...slices, bases }), databases) ?? null
}

async function lostSince(
  newest: Protection | null,
  target: Target,
  world: World,
  watch: Watch,
  counting: DiscardLimits,
): Promise<Looked<Discarded | null>> {
  if (!newest) return { state: 'seen', facts: null }
  const { point } = newest
  return look(watch, patience.server, (signal) =>
    withSession(target, world, signal, async (session) => {
      const { replicaSet } = await session.server()
      if (replicaSet === undefined) return null
      const asked = { target, point, isReplaced: isWrittenIn(target), signal }
      return countDiscarded(asked, session, world, counting)
    }),
  )
}
