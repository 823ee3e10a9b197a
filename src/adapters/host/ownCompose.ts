import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Failure } from '../../domain/failure.js'
import type { OwnCompose } from '../../ports/ownCompose.js'
import { remove, syncFolder } from '../disk/disk.js'
import { isMissing, writeDurably } from '../disk/durable.js'

/** Compose files on the disk of this machine. */
export const machineOwnCompose: OwnCompose = {
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
      await writeDurably(path, text)
    } catch (error) {
      throw unwritten(path, error)
    }
  },
  async remove(path) {
    try {
      await remove(path)
      await syncFolder(dirname(path))
    } catch (error) {
      throw unwritten(path, error)
    }
  },
}

function unwritten(path: string, cause: unknown): Failure {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new Failure(
    'failed',
    'COMPOSE_FILE_UNWRITTEN',
    `the compose file ${path} could not be written or removed: ${why}`,
    [`ls -ld ${dirname(path)}`],
    { cause },
  )
}
