import { formOf } from '../../../domain/backupFile.js'
import { Failure } from '../../../domain/failure.js'
import type { Manifest } from '../../../domain/manifest.js'
import type { Target } from '../../../domain/target.js'
import { isGood } from '../../../domain/trust.js'
import type { Namespace } from '../../../ports/documents.js'
import type { Shelf } from '../../../ports/shelf.js'

/**
 * Good archives that hold a database, oldest first; safety backups are left aside, for they hold what somebody wanted to leave. Throws
 * `NO_BACKUP` (not-found) where there is none.
 */
export async function backupsInOrder(
  { database }: Namespace,
  target: Target,
  shelf: Pick<Shelf, 'list' | 'folder'>,
): Promise<readonly Manifest[]> {
  const found = (await shelf.list())
    .filter(({ manifest, present }) => present && isGood(manifest.trust))
    .map(({ manifest }) => manifest)
    .filter((one) => one.purpose === 'backup' && formOf(one).content === 'archive')
    .filter(({ databases, wholeInstance }) => wholeInstance || databases.includes(database))
    .sort((one, other) => orderOf(one).localeCompare(orderOf(other)))
  if (found.length > 0) return found
  throw new Failure(
    'not-found',
    'NO_BACKUP',
    `"${target.name}" has no good backup of ${database} in ${shelf.folder}`,
    ['ops backup list', 'ops backup verify --all'],
  )
}

/** Of two that show the same moment, because nothing was written between them, the one that was taken first comes first. */
function orderOf(manifest: Manifest): string {
  return `${momentOf(manifest)} ${manifest.takenAt}`
}

/** The moment that a backup shows, RFC 3339 UTC. */
export function momentOf({ consistentAt, takenAt }: Manifest): string {
  return consistentAt ?? takenAt
}

/** Whether a backup may hold anything of a collection: what was made while it was taken is known by its oplog alone. */
export function mayHold(
  { collections, oplog }: Pick<Manifest, 'collections' | 'oplog'>,
  { database, collection }: Namespace,
): boolean {
  const name = `${database}.${collection}`
  const { writes = {} } = oplog ?? {}
  return name in collections || name in writes || `${database}.$cmd` in writes
}
