import { Failure } from '../../domain/failure.js'
import { stretchFor } from '../../domain/oplog/stretch.js'
import { historyOf } from '../../domain/oplog/timelines.js'
import type { WantedMoment } from '../../domain/oplog/wantedMoment.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { basesOn } from '../oplog/status.js'
import { openSource } from '../restore/source.js'
import type { MomentSource } from './splicedArchive.js'

/** A moment that can be put together. */
export interface FoundMoment extends MomentSource {
  /** What was passed over on the way, a sentence each. */
  readonly passedOver: readonly string[]
}

/**
 * Finds base and slices of a moment and reads the base to its end. A base that turns out to be damaged is marked as such, and
 * the next older one is taken. Throws what `stretchFor` and `openSource` throw.
 */
export async function findMoment(
  wanted: WantedMoment,
  target: Target,
  world: World,
): Promise<FoundMoment> {
  const shelf = world.shelf(target)
  const holdings = await world.slices(target).holdings()
  const bases = await basesOn(shelf)
  const passedOver = holdings.unreadable.map(
    ({ file, reason }) => `${file} cannot be read (${reason}): what it is about does not count`,
  )
  const damaged = new Set<string>()
  let found: Failure | undefined
  for (;;) {
    const good = bases.filter(({ id }) => !damaged.has(id))
    const { base, slices, until } = stretchOr(found, () =>
      stretchFor(historyOf({ ...holdings, bases: good }), wanted),
    )
    try {
      const source = await openSource({ kind: 'id', id: base.id }, target, world)
      return { target, source, slices, until, passedOver }
    } catch (error) {
      if (!isDamage(error)) throw error
      found ??= error
      damaged.add(base.id)
      passedOver.push(`${error.message}; an older base is taken instead of it`)
    }
  }
}

/** Where no base is left because of damage, the damage is the story. */
function stretchOr<Answer>(damage: Failure | undefined, find: () => Answer): Answer {
  try {
    return find()
  } catch (error) {
    throw damage ?? error
  }
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
