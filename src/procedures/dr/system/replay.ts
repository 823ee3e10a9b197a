import type { SplicedState } from '../../../archive/splice.js'
import type { Optime } from '../../../domain/contents.js'
import { Failure } from '../../../domain/failure.js'
import type { Manifest } from '../../../domain/manifest.js'
import { baseOf } from '../../../domain/oplog/base.js'
import { newestMoment } from '../../../domain/oplog/newest.js'
import { isAfter, optimeText, secondOf } from '../../../domain/oplog/optime.js'
import { historyOf } from '../../../domain/oplog/timelines.js'
import type { Target } from '../../../domain/target.js'
import type { SliceHoldings } from '../../../ports/slices.js'
import type { World } from '../../../ports/world.js'
import { isUnopened } from '../../encryption/keyFor.js'
import { findMoment, type FoundMoment } from '../../moment/findMoment.js'
import { rehearseMoment } from '../../moment/rehearse.js'
import type { SystemRequest } from './request.js'

/** Base and slices of a place that reach further than its newest backup, put together once. */
export interface Replay {
  readonly moment: FoundMoment
  /** What is to be there afterwards. */
  readonly expected: SplicedState
}

/** How far the slices of a place reach, and why not further. */
export interface Reached {
  readonly replay?: Replay
  /** Why nothing, or not the newest of them, could be put together, a sentence each. */
  readonly because: readonly string[]
}

/**
 * Puts together the newest moment of a target that lies behind its newest backup at the place, or the nearest one before it that can
 * be. What is damaged, missing or cannot be replayed shortens the way and never ends it: the backup itself is always left. Throws
 * what the place throws, and for what is encrypted what `keyFor` throws.
 */
export async function newestReplay(
  target: Target,
  holdings: SliceHoldings,
  manifests: readonly Manifest[],
  { place, sources, signal }: Pick<SystemRequest, 'place' | 'sources' | 'signal'>,
  world: World,
): Promise<Reached> {
  const bases = manifests.flatMap((manifest) => baseOf(manifest, true) ?? [])
  const because: string[] = []
  const beside = { ...world, ...sources }
  let until = newestMoment(historyOf({ ...holdings, bases }))?.until
  while (until && isBehind(until, manifests[0])) {
    let moment: FoundMoment | undefined
    try {
      const wanted = { until, text: optimeText(until) }
      moment = await findMoment(wanted, target, beside, { from: place, signal })
      return { replay: { moment, expected: await rehearseMoment(moment, beside, signal) }, because }
    } catch (error) {
      await moment?.discard?.()
      signal.throwIfAborted()
      if (!(error instanceof Failure) || !isOfSlices(error)) throw error
      because.push(error.message)
      const before = nearestBefore(error)
      until = before && isAfter(until, before) ? before : undefined
    }
  }
  return { because }
}

/** Whether a moment lies behind what a backup holds. */
export function isBehind(until: Optime, manifest: Manifest | undefined): boolean {
  if (!manifest) return true
  const { oplog, consistentAt, takenAt } = manifest
  if (oplog?.last) return isAfter(until, oplog.last)
  return secondOf(until).getTime() > Date.parse(consistentAt ?? takenAt)
}

/** What is wrong with what lies there; a place that does not answer, a full disk or a key that lacks is another matter. */
function isOfSlices(error: Failure): boolean {
  return (error.kind === 'integrity' || error.kind === 'not-found') && !isUnopened(error)
}

function nearestBefore({ facts }: Failure): Optime | undefined {
  const found = facts['before'] ?? facts['latest']
  return found === null || found === undefined ? undefined : (found as Optime)
}
