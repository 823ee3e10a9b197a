import { Failure } from '../../domain/failure.js'

/**
 * What the operating system said while a backup's file was read, after `byte` bytes. A disk that cannot give back what
 * was written on it is damage like any other (`BACKUP_UNREADABLE`, integrity). Everything else says nothing of the file, a
 * network that is away least of all: `SHELF_UNREADABLE` (environment), and no verdict. What is no complaint of the system
 * is handed back.
 */
export function readFailure(path: string, byte: number, error: unknown): unknown {
  if (error instanceof Failure || !(error instanceof Error) || !('errno' in error)) return error
  const code = 'code' in error ? String(error.code) : ''
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return missing(`there is no file ${path}`, error)
    case 'EISDIR':
      return missing(`${path} is a folder, not a file`, error)
    case 'EACCES':
    case 'EPERM':
      return new Failure(
        'environment',
        'SHELF_UNREADABLE',
        `${path} may not be read by this user`,
        [`ls -l ${path}`],
        { cause: error },
      )
  }
  if (isOfMedium(error))
    return new Failure(
      'integrity',
      'BACKUP_UNREADABLE',
      `the disk does not give back ${path}: ${code} (byte ${byte.toString()})`,
      ['dmesg | tail', 'ops backup list'],
      { cause: error, facts: { byte } },
    )
  return new Failure(
    'environment',
    'SHELF_UNREADABLE',
    `${path} cannot be read now: ${code} (byte ${byte.toString()}); nothing is said of the backup`,
    [`ls -l ${path}`, 'dmesg | tail', 'ops doctor'],
    { cause: error, facts: { byte } },
  )
}

/**
 * errno(3) of Linux for what the medium itself says: EIO, ENODATA (a sector that cannot be read), EBADMSG and EUCLEAN
 * (checksums of the file system), EREMOTEIO. By number: Node has no names for some of them.
 */
const ofMedium: readonly number[] = [5, 61, 74, 117, 121]

function isOfMedium(error: Error & { readonly errno?: unknown }): boolean {
  return typeof error.errno === 'number' && ofMedium.includes(Math.abs(error.errno))
}

function missing(says: string, cause: Error): Failure {
  return new Failure('not-found', 'BACKUP_NOT_FOUND', says, ['ops backup list'], { cause })
}
