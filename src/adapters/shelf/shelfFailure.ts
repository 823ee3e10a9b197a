import { Failure } from '../../domain/failure.js'
import { isOfTheSystem } from '../../domain/systemError.js'

/** What the operating system said, as a `Failure` with the path and what to do; anything else is handed back. */
export function shelfFailure(path: string, error: unknown): unknown {
  if (error instanceof Failure || !(error instanceof Error) || !('code' in error)) return error
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new Failure(
        'space',
        'SHELF_FULL',
        `no space is left for ${path}`,
        ['df -h', 'ops backup list'],
        { cause: error },
      )
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new Failure(
        'environment',
        'SHELF_UNWRITABLE',
        `${path} cannot be used: ${reason(error.code)}`,
        [`ls -ld ${path}`, 'ops doctor'],
        { cause: error },
      )
    // Node answers ENOENT where a folder cannot be made on a read-only file system.
    case 'ENOENT':
      return new Failure(
        'environment',
        'SHELF_UNWRITABLE',
        `${path} cannot be made or used`,
        [`ls -ld ${path}`, 'ops doctor'],
        { cause: error },
      )
    case 'ENOTDIR':
    case 'EEXIST':
    case 'ELOOP':
      return new Failure(
        'environment',
        'SHELF_UNWRITABLE',
        `${path} is in the way: a folder was expected`,
        [`ls -ld ${path}`],
        { cause: error },
      )
  }
  if (!isOfTheSystem(error)) return error
  // EIO, and of a network's disk ESTALE, ENOTCONN, EHOSTDOWN, ETIMEDOUT, ENOLCK.
  return new Failure(
    'failed',
    'SHELF_BROKEN',
    `the disk under ${path} reports an error (${error.code})`,
    ['dmesg | tail', 'ops doctor'],
    { cause: error },
  )
}

function reason(code: string): string {
  return code === 'EROFS'
    ? 'its file system is read-only'
    : 'this user may not write there (it needs mode 0700)'
}

/** Runs a call on the shelf; the operating system's complaints become `Failure`s. */
export async function onShelf<Answer>(path: string, call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call()
  } catch (error) {
    throw shelfFailure(path, error)
  }
}

/** The same for a call that only looks. Throws `SHELF_UNREADABLE` (environment) where this user may not. */
export async function lookingAt<Answer>(
  path: string,
  call: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await call()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code !== 'EACCES' && code !== 'EPERM') throw shelfFailure(path, error)
    throw new Failure(
      'environment',
      'SHELF_UNREADABLE',
      `${path} may not be read by this user`,
      [`ls -ld ${path}`, 'ops doctor'],
      { cause: error },
    )
  }
}
