import { Failure } from '../domain/failure.js'
import type { ConfigReading } from './config.js'

/** What the file system says of a configuration file. */
export interface FileAccess {
  readonly mode: number
  /** Numeric owner and group. */
  readonly uid: number
  readonly gid: number
}

/**
 * Warnings about who else may change the file. Throws `CONFIG_EXPOSED` (refused) where everyone may read a password in
 * it.
 */
export function judgeAccess(
  path: string,
  access: FileAccess,
  reading: ConfigReading,
): readonly string[] {
  const { mode } = access
  if ((mode & 0o004) !== 0 && reading.plainPasswords.length > 0) {
    throw new Failure(
      'refused',
      'CONFIG_EXPOSED',
      `everyone on this machine can read ${path}, and ${reading.plainPasswords.join(', ')} in it is a password in plain text`,
      [`chmod 600 ${path}`],
    )
  }
  if ((mode & 0o002) !== 0) return [writable(path, 'everyone on this machine')]
  // Many systems give each user a group of their own, with the same number: nobody else is in it.
  const ownGroup = access.gid === access.uid
  return (mode & 0o020) !== 0 && !ownGroup ? [writable(path, 'its whole group')] : []
}

function writable(path: string, who: string): string {
  return `${path} can be changed by ${who}, and what it says is run as you: chmod go-w ${path}`
}
