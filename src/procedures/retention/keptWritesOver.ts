import type { KeptWritesManifest } from '../../domain/keptWrites.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import type { RetentionSettings } from './examineShelf.js'

/**
 * Writes kept by restores whose time is over, as that of what is in the trash; never those of a restore that can still be taken
 * back: who goes back and forth may want them again.
 */
export async function keptWritesOver(
  target: Target,
  { trashSeconds }: Pick<RetentionSettings, 'trashSeconds'>,
  world: Pick<World, 'keptWrites' | 'shelf' | 'receipts' | 'clock'>,
): Promise<readonly KeptWritesManifest[]> {
  const { kept } = await world.keptWrites(target).holdings()
  const now = world.clock.now().getTime()
  const over = kept.filter(({ takenAt }) => now - Date.parse(takenAt) >= trashSeconds * 1000)
  if (over.length === 0) return []
  const { entries } = await world.shelf(target).catalog()
  const there = new Set(entries.map(({ manifest }) => manifest.id))
  const needed = new Set<string>()
  for (const { state, keptWrites, replayed, safetyBackup } of await world.receipts.list()) {
    if (state === 'undone' || state === 'rolled-back') continue
    if (safetyBackup === undefined || !there.has(safetyBackup)) continue
    for (const id of [keptWrites?.id, replayed?.kept]) if (id !== undefined) needed.add(id)
  }
  return over.filter(({ id }) => !needed.has(id))
}
