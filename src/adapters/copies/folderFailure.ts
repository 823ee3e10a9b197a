import { Failure } from '../../domain/failure.js'

/** What the operating system said of a folder for copies, as a `Failure`; anything else is handed back. */
export function folderFailure(path: string, error: unknown): unknown {
  if (error instanceof Failure) return error.code === 'SHELF_EXPOSED' ? exposed(error) : error
  if (!(error instanceof Error) || !('code' in error)) return error
  const cause = { cause: error }
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new Failure(
        'space',
        'COPY_FULL',
        `no space is left for ${path}`,
        [`df -h ${path}`],
        cause,
      )
    case 'EIO':
    case 'ENXIO':
    case 'ESTALE':
    case 'ENODEV':
      return new Failure(
        'failed',
        'COPY_BROKEN',
        `the disk under ${path} reports an error (${error.code})`,
        ['dmesg | tail', 'ops doctor'],
        cause,
      )
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EEXIST':
    case 'ELOOP':
      return new Failure(
        'environment',
        'COPY_UNWRITABLE',
        `${path} cannot be used: ${reason(error.code)}`,
        [`ls -ld ${path}`, 'ops doctor'],
        cause,
      )
    default:
      return error
  }
}

function reason(code: 'EACCES' | 'EPERM' | 'EROFS' | 'ENOENT' | 'ENOTDIR' | 'EEXIST' | 'ELOOP') {
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'this user may not read or write there'
    case 'EROFS':
      return 'its file system is read-only'
    case 'ENOENT':
      return 'it is not there, and cannot be made'
    case 'ENOTDIR':
    case 'EEXIST':
    case 'ELOOP':
      return 'a file or a link is in the way of a folder'
  }
}

/** The rule is the shelf's: whoever may exchange a copy decides what is restored one day. */
function exposed({ message, next }: Failure): Failure {
  return new Failure('refused', 'COPY_EXPOSED', message, next)
}

/** Runs a call on the folder; the operating system's complaints become `Failure`s. */
export async function onFolder<Answer>(path: string, call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call()
  } catch (error) {
    throw folderFailure(path, error)
  }
}
