import { readFile, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Failure } from '../../domain/failure.js'
import { isOfTheSystem } from '../../domain/systemError.js'
import type { OwnCompose } from '../../ports/ownCompose.js'
import { remove, syncFolder, writeAll } from '../disk/disk.js'
import { fillDurably, isMissing, writeDurably } from '../disk/durable.js'

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
  async publish(path, text, beside) {
    try {
      const owner = await stat(beside)
      await fillDurably(path, async (handle) => {
        await writeAll(handle, Buffer.from(text))
        await giveAway(handle, owner)
        await handle.chmod(0o644)
      })
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

/** Only root may: whoever else writes it keeps it. */
async function giveAway(handle: FileHandle, owner: { uid: number; gid: number }): Promise<void> {
  const { uid, gid } = await handle.stat()
  if (uid === owner.uid && gid === owner.gid) return
  await handle.chown(owner.uid, owner.gid).catch((error: unknown) => {
    if (!isOfTheSystem(error) || error.code !== 'EPERM') throw error
  })
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
