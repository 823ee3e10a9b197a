import { Failure } from '../../domain/failure.js'
import { stretchFor, type MomentStretch } from '../../domain/oplog/stretch.js'
import { historyOf } from '../../domain/oplog/timelines.js'
import type { WantedMoment } from '../../domain/oplog/wantedMoment.js'
import type { Target } from '../../domain/target.js'
import type { CopyPlace } from '../../ports/copies.js'
import type { World } from '../../ports/world.js'
import { basesOn } from '../oplog/status.js'
import { openSource } from '../restore/source.js'
import { placeStock } from './placeStock.js'
import { shelfStock } from './shelfStock.js'
import type { MomentSource } from './splicedArchive.js'
import type { Stock } from './stock.js'

/** A moment that can be put together. */
export interface FoundMoment extends MomentSource {
  /** What was passed over on the way, a sentence each. */
  readonly passedOver: readonly string[]
}

/** Where a moment is looked for, and what ends that. */
export interface MomentSearch {
  /** A place, whose copies alone count; the shelf where none is named. */
  readonly from?: CopyPlace
  readonly signal?: AbortSignal
}

/**
 * Finds base and slices of a moment and reads them to their ends. A base that turns out to be damaged is marked as such, and the next
 * older one is taken; a slice that is damaged or missing is brought from a place that has a sound copy, or counts as absent. Throws
 * what `stretchFor` and `openSource` throw, and for a place what fetching from it throws.
 */
export async function findMoment(
  wanted: WantedMoment,
  target: Target,
  world: World,
  { from, signal = new AbortController().signal }: MomentSearch = {},
): Promise<FoundMoment> {
  const stock = from
    ? await placeStock(from, target, world, signal)
    : shelfStock(target, await basesOn(world.shelf(target)), world, signal)
  try {
    return await found(wanted, target, stock, world)
  } catch (error) {
    await stock.discard()
    throw error
  }
}

async function found(
  wanted: WantedMoment,
  target: Target,
  stock: Stock,
  world: World,
): Promise<FoundMoment> {
  const damaged = new Set<string>()
  let story: Failure | undefined
  for (;;) {
    const { base, slices, until } = stretchOr(story, await whole(wanted, stock, damaged))
    try {
      const source = await openSource(stock.base(base.id), target, world)
      return {
        target,
        source,
        slices,
        until,
        passedOver: stock.told,
        shelf: stock.slices,
        discard: async () => {
          await source.discard()
          await stock.discard()
        },
      }
    } catch (error) {
      if (!isDamage(error)) throw error
      story ??= error
      damaged.add(base.id)
      stock.told.push(`${error.message}; an older base is taken instead of it`)
    }
  }
}

/**
 * A stretch whose every slice is there and proved. As long as one is not, it is had from elsewhere, or the search begins anew
 * without it. A failure where nothing reaches the moment.
 */
async function whole(
  wanted: WantedMoment,
  stock: Stock,
  damaged: ReadonlySet<string>,
): Promise<MomentStretch | Failure> {
  for (;;) {
    const { slices, anchors, gaps } = await stock.holdings()
    const bases = stock.bases.filter(({ id }) => !damaged.has(id))
    const inHand = slices.filter(({ manifest, present }) => present && !stock.lost.has(manifest.id))
    const candidate = stretchIn({ slices: inHand, anchors, gaps, bases }, wanted)
    const present = new Set(inHand.map(({ manifest: { id } }) => id))
    const reached = candidate instanceof Failure ? withAbsent() : candidate
    if (reached instanceof Failure) return reasoned(candidate, stock)
    const absent = await stock.firstAbsent(reached.slices, present)
    if (!absent) return reached
    if (!(await stock.have(absent))) stock.lost.add(absent.id)

    // With all that should be there: what of it is not may be had.
    function withAbsent(): MomentStretch | Failure {
      const all = slices.map((held) => ({ ...held, present: !stock.lost.has(held.manifest.id) }))
      return stretchIn({ slices: all, anchors, gaps, bases }, wanted)
    }
  }
}

function stretchIn(
  holdings: Parameters<typeof historyOf>[0],
  wanted: WantedMoment,
): MomentStretch | Failure {
  try {
    return stretchFor(historyOf(holdings), wanted)
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

/** Why nothing reaches it may be what was found on the way. */
function reasoned(found: MomentStretch | Failure, { told }: Stock): MomentStretch | Failure {
  if (!(found instanceof Failure) || told.length === 0) return found
  const { message, next, facts } = found
  return new Failure('not-found', 'MOMENT_UNREACHABLE', [message, ...told].join('; '), next, {
    cause: found,
    facts,
  })
}

/** Where no base is left because of damage, the damage is the story. */
function stretchOr(story: Failure | undefined, stretch: MomentStretch | Failure): MomentStretch {
  if (!(stretch instanceof Failure)) return stretch
  throw story ?? stretch
}

/** A file that cannot be opened says nothing about what is in it: no older one would be opened either. */
function isDamage(error: unknown): error is Failure {
  return (
    error instanceof Failure &&
    error.kind === 'integrity' &&
    error.code !== 'KEY_MISSING' &&
    error.code !== 'KEY_WRONG'
  )
}
