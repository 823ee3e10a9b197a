import { requireBackupId } from '../../domain/backupId.js'
import { formOf } from '../../domain/backupFile.js'
import { Failure } from '../../domain/failure.js'
import type { Manifest } from '../../domain/manifest.js'
import type { Target } from '../../domain/target.js'
import { isGood } from '../../domain/trust.js'
import type { Shelf, ShelfEntry } from '../../ports/shelf.js'

/** Whether a backup may be restored as it stands: judged good, and its file is there with the right size. */
function isRestorable({ manifest, present }: ShelfEntry): boolean {
  return present && isGood(manifest.trust)
}

/**
 * The newest good archive, safety backups left aside: those hold the state that somebody wanted to leave. Copies of the data
 * files are never meant by `latest`: they are restored in another way, with the server stopped, and so by name only. Throws
 * `NO_SOUND_BACKUP` (integrity) when there are backups but no good one, `NO_BACKUP` (not-found) when there are none.
 */
export async function latestBackup(target: Target, shelf: Shelf): Promise<ShelfEntry> {
  const entries = (await shelf.list()).filter(
    (entry) => entry.manifest.purpose === 'backup' && isArchive(entry),
  )
  const newest = entries.find(isRestorable)
  if (newest) return newest
  if (entries.length === 0) {
    throw new Failure(
      'not-found',
      'NO_BACKUP',
      `"${target.name}" has no backup in ${shelf.folder}`,
      ['ops backup'],
    )
  }
  throw new Failure(
    'integrity',
    'NO_SOUND_BACKUP',
    `none of the ${entries.length.toString()} backups of "${target.name}" can be relied on`,
    ['ops backup verify --all', 'ops backup list', 'ops backup'],
  )
}

/** The backup with that id. Throws `BACKUP_NOT_FOUND` (not-found), `BACKUP_ID_INVALID` (usage). */
export async function backupById(id: string, target: Target, shelf: Shelf): Promise<ShelfEntry> {
  requireBackupId(id)
  const found = (await shelf.list()).find(({ manifest }) => manifest.id === id)
  if (found) return found
  throw new Failure('not-found', 'BACKUP_NOT_FOUND', `"${target.name}" has no backup ${id}`, [
    'ops backup list',
  ])
}

/** Throws `NOT_AN_ARCHIVE` (refused) for a copy of the data files: mongorestore cannot read it. */
export function requireArchive(manifest: Manifest): void {
  if (formOf(manifest).content === 'archive') return
  throw new Failure(
    'refused',
    'NOT_AN_ARCHIVE',
    `${manifest.id} is a copy of the data files: mongorestore cannot read it, it is put in place as a whole, from the shelf`,
    [`ops restore ${manifest.id}`, 'ops backup list'],
  )
}

/** The newest backup of the same kind, for sizes and times to expect. */
export function lastLike(
  entries: readonly ShelfEntry[],
  wholeInstance: boolean,
): ShelfEntry | undefined {
  return entries.find((entry) => isArchive(entry) && entry.manifest.wholeInstance === wholeInstance)
}

/** The newest copy of the data files, for sizes and times to expect. */
export function lastCopy(entries: readonly ShelfEntry[]): ShelfEntry | undefined {
  return entries.find((entry) => !isArchive(entry))
}

/** Whether mongorestore can read it; a copy of the data files it cannot. */
function isArchive({ manifest }: ShelfEntry): boolean {
  return formOf(manifest).content === 'archive'
}
