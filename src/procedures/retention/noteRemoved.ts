import { withCopy, type CopyState } from '../../domain/copy.js'
import type { Target } from '../../domain/target.js'
import type { CopyPlace } from '../../ports/copies.js'
import type { World } from '../../ports/world.js'

/**
 * Writes into the manifest of a backup, on the shelf or in the trash, that it has no copy at a place any more. Where the
 * shelf does not know the backup there is nothing to write. Returns what takes the note back.
 */
export async function noteRemoved(
  target: Target,
  id: string,
  place: CopyPlace,
  { shelf: shelfOf, clock }: Pick<World, 'shelf' | 'clock'>,
): Promise<() => Promise<void>> {
  const shelf = shelfOf(target)
  const found = await shelf.manifest(id)
  if (found === undefined) return () => Promise.resolve()
  const state: CopyState = {
    to: place.name,
    state: 'removed',
    at: clock.now().toISOString(),
    because: 'the retention of that place did not keep it',
  }
  await shelf.annotate(id, { copies: withCopy(found.copies, state) })
  return () => shelf.annotate(id, { copies: found.copies ?? [] })
}
