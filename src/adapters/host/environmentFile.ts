import { constants } from 'node:fs'
import { chmod, chown, copyFile, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { Failure } from '../../domain/failure.js'
import type { EnvironmentFile } from '../../ports/environmentFile.js'
import { isMissing } from '../disk/durable.js'

/** Files with variables on the disk of this machine. */
export const machineEnvironmentFile: EnvironmentFile = {
  async text(path) {
    try {
      return await readFile(path, 'utf8')
    } catch (error) {
      if (isMissing(error)) return undefined
      throw unwritten(path, error)
    }
  },
  async write(path, text) {
    try {
      const isThere = await stat(path).then(
        () => true,
        () => false,
      )
      // Of one that is there it keeps owner and mode by itself.
      await writeFileAtomic(path, text, isThere ? {} : { mode: 0o600 })
    } catch (error) {
      throw unwritten(path, error)
    }
  },
  async keep(path, copy) {
    try {
      const { mode, uid, gid } = await stat(path)
      await copyFile(path, copy, constants.COPYFILE_EXCL)
      await chmod(copy, mode & 0o777)
      // Only root may give away what is his.
      await chown(copy, uid, gid).catch(() => undefined)
    } catch (error) {
      throw unwritten(copy, error)
    }
  },
}

function unwritten(path: string, cause: unknown): Failure {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new Failure(
    'failed',
    'ENVIRONMENT_UNWRITTEN',
    `${path} could not be read or written: ${why}`,
    [`ls -ld ${dirname(path)}`],
    { cause },
  )
}
