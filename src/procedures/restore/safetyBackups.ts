import type { Target } from '../../domain/target.js'
import type { Receipts } from '../../ports/receipts.js'

/** Safety backups to the receipts that can be undone only with them. A run under way may still come to need its own. */
export async function safetyBackupsInUse(
  target: Target,
  receipts: Receipts,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const inUse = new Map<string, string[]>()
  for (const { id, target: of, state, safetyBackup, carried } of await receipts.list()) {
    if (of !== target.name || state === 'undone' || state === 'rolled-back') continue
    for (const backup of new Set([safetyBackup, carried?.safetyBackup]))
      if (backup !== undefined) inUse.set(backup, [...(inUse.get(backup) ?? []), id])
  }
  return inUse
}
