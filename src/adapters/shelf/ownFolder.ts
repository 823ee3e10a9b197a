import { lstat } from 'node:fs/promises'
import { Failure } from '../../domain/failure.js'

/**
 * A shelf in which others could exchange files, or a link to a folder of theirs, is no place for a hospital's data. Throws
 * `SHELF_UNWRITABLE` (environment), `SHELF_EXPOSED` (refused).
 */
export async function requireOwn(folder: string, us = process.getuid?.()): Promise<void> {
  const found = await lstat(folder)
  if (!found.isDirectory()) {
    throw new Failure(
      'environment',
      'SHELF_UNWRITABLE',
      `${folder} is a link or a file, not a folder`,
      [`ls -ld ${folder}`],
    )
  }
  // Root may use an operator's shelf: whoever may talk to Docker could do as much as root anyway.
  if (us !== undefined && us !== 0 && found.uid !== us && found.uid !== 0) {
    throw exposed(
      `${folder} belongs to another user (uid ${found.uid.toString()}), who could exchange backups`,
      `sudo chown -R ${us.toString()} ${folder}`,
    )
  }
  if ((found.mode & 0o022) !== 0) {
    throw exposed(
      `others may write to ${folder}: they could exchange backups`,
      `chmod go-w ${folder}`,
    )
  }
}

function exposed(what: string, next: string): Failure {
  return new Failure('refused', 'SHELF_EXPOSED', what, [next])
}
