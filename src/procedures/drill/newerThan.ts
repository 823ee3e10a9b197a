import { formOf } from '../../domain/backupFile.js'
import type { Shelf, ShelfEntry } from '../../ports/shelf.js'

/** Backups newer than the one that a recovery would be made from: each is one that cannot be relied on, which costs writes. */
export async function newerThan(
  { manifest: chosen }: ShelfEntry,
  shelf: Pick<Shelf, 'list'>,
): Promise<readonly string[]> {
  return (await shelf.list())
    .filter(
      ({ manifest }) =>
        manifest.purpose === 'backup' &&
        formOf(manifest).content === 'archive' &&
        manifest.takenAt > chosen.takenAt,
    )
    .map(
      ({ manifest: { id, judgement }, present }) =>
        `${id} is newer than ${chosen.id} and cannot be relied on (${present ? judgement : 'its file is gone'}): a recovery would lose what was written between the two`,
    )
}
