import { spliceOplog, type SplicedState } from '../../archive/splice.js'
import type { ApplyOperations } from '../../archive/splice/batches.js'
import type { Optime } from '../../domain/contents.js'
import type { SliceManifest } from '../../domain/oplog/slice.js'
import type { Target } from '../../domain/target.js'
import type { Slices } from '../../ports/slices.js'
import type { World } from '../../ports/world.js'
import { entriesOf } from '../oplog/entries.js'
import { rawArchive } from '../restore/feed.js'
import type { Source } from '../restore/source.js'
import { isOfTarget } from './scope.js'

/** What makes up a moment. */
export interface MomentSource {
  readonly target: Target
  /** The base, read to its end and found whole. */
  readonly source: Source
  /** Behind it in a row; none where the base is consistent at the very moment. */
  readonly slices: readonly SliceManifest[]
  readonly until: Optime
  /** Where the slices are read; the target's own where it is left out. */
  readonly shelf?: Pick<Slices, 'read'>
  /** Removes what was put down only for this. */
  readonly discard?: () => Promise<void>
}

/** Who hears of what is read. */
export interface SpliceWatch {
  /** Bytes of the base's file, and of entries. */
  readonly passed: (bytes: number) => void
  /** The base has been read: what comes now is replayed. */
  readonly replaying?: () => void
  readonly expected: (state: SplicedState) => void
  /** Carries out what is replayed; left out, it stays in the archive for mongorestore. */
  readonly apply?: ApplyOperations
}

/**
 * One raw archive of a base and its slices, as the server's databases were at the moment: users, roles and databases that
 * are not the target's are left out. Throws what reading a base, reading slices and splicing throw.
 */
export function splicedArchive(
  moment: MomentSource,
  world: World,
  signal: AbortSignal,
  { passed, replaying, expected, apply }: SpliceWatch,
): AsyncIterable<Uint8Array> {
  const { target, source, slices, until } = moment
  const shelf = moment.shelf ?? world.slices(target)
  const [first, last] = [slices[0], slices.at(-1)]
  async function* entries(): AsyncGenerator<Uint8Array> {
    replaying?.()
    if (!first || !last) return
    const stretch = { slices, from: first.start.at, to: last.end.at }
    for await (const entry of entriesOf(stretch, shelf, world, signal)) {
      passed(entry.length)
      yield entry
    }
  }
  return spliceOplog(rawArchive(source, target, world, signal, passed), {
    entries: entries(),
    ...(first ? { behind: first.start } : {}),
    until,
    keep: isOfTarget(target),
    ...(apply ? { apply } : {}),
    onExpected: expected,
  })
}
