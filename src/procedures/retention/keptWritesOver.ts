import type { KeptWritesManifest } from '../../domain/keptWrites.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import type { RetentionSettings } from './examineShelf.js'

/**
 * Writes kept by restores whose time is over, as that of what is in the trash; never those of a restore that can still be taken
 * back: who goes back and forth may want them again. Nor those that may be the only copy there is: nothing was saved before that
 * restore, or nobody knows, and they were never played back.
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
  const known = new Set<string>()
  const receipts = await world.receipts.list()
  const wasPlayed = (id: string) =>
    receipts.some(({ state, replayed }) => state === 'done' && replayed?.kept === id)
  for (const { state, keptWrites, replayed, safetyBackup, dataFiles } of receipts) {
    if (keptWrites) known.add(keptWrites.id)
    if (state === 'undone' || state === 'rolled-back') continue
    const isAside = dataFiles !== undefined && dataFiles.forgotten !== true
    const isOnly = safetyBackup === undefined && keptWrites && !wasPlayed(keptWrites.id)
    const hasWayBack = isAside || (safetyBackup !== undefined && there.has(safetyBackup))
    if (!hasWayBack && isOnly !== true) continue
    for (const id of [keptWrites?.id, replayed?.kept]) if (id !== undefined) needed.add(id)
  }
  return over.filter(({ id }) => (known.has(id) || wasPlayed(id)) && !needed.has(id))
}
