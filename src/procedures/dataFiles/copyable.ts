import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { Keys } from '../../ports/keys.js'
import type { StorageFacts } from '../../ports/mongo.js'

/** The first release whose `fsyncLock` makes the files of a running server fit to be copied (MongoDB manual, `db.fsyncLock()`). */
const oldestRelease = 5

/**
 * Refuses a server whose files are no copy of its data, or whose copy could not be restored. Throws `DATA_FILES_REFUSED`
 * (refused), saying why.
 */
export function requireCopyable(target: Target, version: string, storage: StorageFacts): void {
  const why = reason(version, storage)
  if (why === undefined) return
  throw new Failure(
    'refused',
    'DATA_FILES_REFUSED',
    `the data files of "${target.name}" are not copied: ${why}`,
    ['ops backup'],
    { facts: { reason: why } },
  )
}

function reason(version: string, storage: StorageFacts): string | undefined {
  if (storage.arbiter) return 'the server is an arbiter, which holds no data'
  if (!storage.persistent) return `its storage engine ${storage.engine} keeps nothing on disk`
  if (storage.engine !== 'wiredTiger')
    return `its storage engine is ${storage.engine}, and only files of wiredTiger are known to be whole`
  if (storage.encrypted)
    return 'they are encrypted by the server, and could not be opened without its key'
  if (Number(version.split('.')[0]) < oldestRelease)
    return `MongoDB ${version} does not keep its files still while they are copied; ${oldestRelease.toString()}.0 is the first that does`
  if (storage.members.length > 1)
    return `its replica set has ${storage.members.length.toString()} members; files put back on one of them would contradict the others`
  return undefined
}

/**
 * Copies of the data files are not encrypted, and hold everything that the archives beside them hide. Throws
 * `DATA_FILES_IN_CLEAR` (refused) where backups are to be encrypted.
 */
export function requireClear({ recipients }: Pick<Keys, 'recipients'>, { name }: Target): void {
  if (recipients.length === 0) return
  throw new Failure(
    'refused',
    'DATA_FILES_IN_CLEAR',
    `backup.encryption is configured, and copies of the data files are not encrypted: the data of "${name}" would lie in clear on the shelf; nothing was copied`,
    [`ops backup --target ${name}   (an archive, encrypted)`],
  )
}
