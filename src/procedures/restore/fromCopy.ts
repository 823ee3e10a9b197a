import { formOf } from '../../domain/backupFile.js'
import { requireBackupId } from '../../domain/backupId.js'
import { Failure } from '../../domain/failure.js'
import type { Manifest } from '../../domain/manifest.js'
import type { Target } from '../../domain/target.js'
import { isGood } from '../../domain/trust.js'
import type { CopyPlace } from '../../ports/copies.js'
import type { Shelf, Spooled } from '../../ports/shelf.js'
import { requireArchive } from '../backup/catalog.js'
import { requireSpace } from '../backup/space.js'

/** A copy elsewhere that somebody wants to restore from; the newest good archive where no id is given. */
export interface WantedCopy {
  readonly kind: 'copy'
  readonly place: CopyPlace
  readonly id?: string
  /** Ends the transfer. */
  readonly signal: AbortSignal
}

/** A copy that was brought here for one restore. */
export interface Fetched {
  readonly manifest: Manifest
  readonly spooled: Spooled
}

/**
 * Brings a copy's file to the shelf's disk, beside the backups; the shelf may be empty, or not there yet. Nothing of it is
 * proved: the reader holds it against the manifest. Throws `NO_BACKUP`, `BACKUP_NOT_FOUND` (not-found),
 * `NO_SOUND_BACKUP` (integrity), `NOT_AN_ARCHIVE` (refused), `SHELF_TOO_SMALL` (space), and what the place throws.
 */
export async function fetchCopy(
  { place, id, signal }: WantedCopy,
  target: Target,
  shelf: Shelf,
): Promise<Fetched> {
  const manifest = await chosenCopy(place, id, target, signal)
  requireArchive(manifest)
  requireSpace(await shelf.freeBytes(), manifest.bytes, shelf.folder)
  return { manifest, spooled: await shelf.spool(place.read(manifest, signal)) }
}

async function chosenCopy(
  place: CopyPlace,
  id: string | undefined,
  target: Target,
  signal: AbortSignal,
): Promise<Manifest> {
  if (id !== undefined) requireBackupId(id)
  const { entries } = await place.list(target.name, signal)
  const next = [`ops backup list --from ${place.name}`]
  const backups = entries.filter(({ manifest }) =>
    id === undefined
      ? manifest.purpose === 'backup' && formOf(manifest).content === 'archive'
      : manifest.id === id,
  )
  const [first] = backups
  if (!first) {
    const what = id === undefined ? 'no backup' : `no backup ${id}`
    throw new Failure(
      'not-found',
      id === undefined ? 'NO_BACKUP' : 'BACKUP_NOT_FOUND',
      `"${target.name}" has ${what} in ${place.where}`,
      next,
    )
  }
  if (id !== undefined) return first.manifest
  const good = backups.find(({ manifest, present }) => present && isGood(manifest.trust))
  if (good) return good.manifest
  throw new Failure(
    'integrity',
    'NO_SOUND_BACKUP',
    `none of the ${backups.length.toString()} backups of "${target.name}" in ${place.where} can be relied on`,
    next,
  )
}
