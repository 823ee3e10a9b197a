import { createHash } from 'node:crypto'
import type { SplicedState } from '../../archive/splice.js'
import { Failure } from '../../domain/failure.js'
import type { World } from '../../ports/world.js'
import { proveStretch } from '../oplog/entries.js'
import { splicedArchive, type MomentSource } from './splicedArchive.js'

/**
 * Puts base and slices, which whoever found them has proved, together once and throws the archive away: what cannot be opened or
 * cannot be replayed is found before anything is touched. Tells what is to be there afterwards. Throws what proving and splicing throw.
 */
export async function rehearseMoment(
  moment: MomentSource,
  world: World,
  signal: AbortSignal,
): Promise<SplicedState> {
  let state: SplicedState | undefined
  const archive = splicedArchive(moment, world, signal, {
    passed: () => {
      signal.throwIfAborted()
    },
    expected: (expected) => {
      state = expected
    },
  })
  const parts = archive[Symbol.asyncIterator]()
  while (!(await parts.next()).done);
  if (!state) throw new Error('an archive that was spliced tells what it holds')
  return state
}

/** Reads every file of the slices and holds it against its manifest. Throws `SLICES_BROKEN`, `SLICE_DAMAGED` (integrity). */
export async function proveSlices(
  { slices, target, shelf }: Pick<MomentSource, 'slices' | 'target' | 'shelf'>,
  world: World,
  signal: AbortSignal,
): Promise<void> {
  const [first, last] = [slices[0], slices.at(-1)]
  if (!first || !last) return
  const stretch = { slices, from: first.start.at, to: last.end.at }
  await proveStretch(stretch, shelf ?? world.slices(target), signal)
}

/** Reads the base's file once more, to its last byte. Throws `ARCHIVE_CHANGED` (integrity). */
export async function proveBase(
  { source, target }: Pick<MomentSource, 'source' | 'target'>,
  world: Pick<World, 'shelf'>,
  signal: AbortSignal,
): Promise<void> {
  const hash = createHash('sha256')
  for await (const chunk of world.shelf(target).read(source.path)) {
    signal.throwIfAborted()
    hash.update(chunk)
  }
  if (hash.digest('hex') === source.sha256) return
  throw new Failure(
    'integrity',
    'ARCHIVE_CHANGED',
    `${source.path} changed after it was rehearsed; nothing was dropped`,
    ['ops backup verify', 'ops restore --to-time TIME   (plan again)'],
  )
}
