import type { Target } from '../domain/target.js'
import type { World } from '../ports/world.js'
import { worthCopying } from '../procedures/copies/copyBackups.js'
import { findBackup, type NamedBackup } from './backupEntries.js'

/** The backups to copy: the one named, or every one that is worth copying. Throws what finding a backup throws. */
export async function copyWanted(
  id: string,
  all: boolean,
  targets: readonly Target[],
  world: Pick<World, 'shelf'>,
): Promise<readonly NamedBackup[]> {
  if (!all) return [await findBackup(id, targets, world)]
  const lists = await Promise.all(
    targets.map(async (target) =>
      worthCopying(await world.shelf(target).list()).map((entry) => ({ target, entry })),
    ),
  )
  return lists.flat()
}
