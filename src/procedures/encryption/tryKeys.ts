import { readAgeHeader } from '../../archive/ageHeader.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { keyFor } from './keyFor.js'
import { requireOwnKey } from './readBack.js'

/** What the keys of this machine were tried on. */
export interface TriedKeys {
  /** The newest encrypted backup: a key opens its header. Absent where there is none. */
  readonly newest?: string
}

/**
 * Tries the keys of this machine on the newest encrypted backup, and on what a backup taken now would be encrypted to. Reads
 * no more than headers. Throws what `keyFor` throws where no key opens one of the two.
 */
export async function tryKeys(
  target: Target,
  world: Pick<World, 'shelf' | 'cipher' | 'keys'>,
): Promise<TriedKeys> {
  const shelf = world.shelf(target)
  const newest = (await shelf.list()).find(
    ({ manifest, present }) => present && manifest.encrypted && manifest.purpose === 'backup',
  )
  if (newest) {
    const { id, recipients } = newest.manifest
    const header = await readAgeHeader(shelf.read(newest.path))
    if (header) await keyFor({ name: id, header, recipients }, world)
  }
  await requireOwnKey(world, 'a backup taken now')
  return newest ? { newest: newest.manifest.id } : {}
}
