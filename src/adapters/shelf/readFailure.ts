import { Failure } from '../../domain/failure.js'

/**
 * What the operating system said while a backup's file was read, after `byte` bytes. A disk that cannot give back what
 * was written on it is damage like any other; what is no complaint of the system is handed back.
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
    default:
      return new Failure(
        'integrity',
        'BACKUP_UNREADABLE',
        `the disk does not give back ${path}: ${code} (byte ${byte.toString()})`,
        ['dmesg | tail', 'ops backup list'],
        { cause: error, facts: { byte } },
      )
  }
}

function missing(says: string, cause: Error): Failure {
  return new Failure('not-found', 'BACKUP_NOT_FOUND', says, ['ops backup list'], { cause })
}
