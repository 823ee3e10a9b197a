import { backupDays, type BackupDay } from '../../domain/backupDays.js'
import { momentOf } from '../../domain/backupId.js'
import { isGood } from '../../domain/trust.js'
import type { CatalogEntry, Trashed } from '../../ports/shelf.js'

/** Days that are shown. */
const count = 14

/** What was taken on each of the last days, of backups that are on the shelf or in its trash. */
export function daysOf(
  entries: readonly CatalogEntry[],
  trashed: readonly Trashed[],
  now: Date,
  timeZone: string,
): readonly BackupDay[] {
  const there = entries
    .filter(({ manifest }) => manifest.purpose === 'backup')
    .map(({ manifest, present }) => ({
      moment: Date.parse(manifest.takenAt),
      state: present && isGood(manifest.trust) ? ('good' as const) : ('bad' as const),
      bytes: manifest.bytes,
    }))
  const removed = trashed.flatMap(({ id, bytes }) => {
    const moment = id.endsWith('-safety') ? undefined : momentOf(id)
    return moment === undefined ? [] : [{ moment, state: 'removed' as const, bytes }]
  })
  return backupDays([...there, ...removed], now, timeZone, count)
}
