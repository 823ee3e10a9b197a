import { lstat, readFile, realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Failure } from '../../domain/failure.js'
import type { VariableFiles } from '../../ports/variableFiles.js'
import { remove, syncFolder, writeAll } from '../disk/disk.js'
import { fillDurably, isMissing } from '../disk/durable.js'

/** Mode of a file that is made: it holds what ops put there and nothing else. */
const usualMode = 0o644

/** `.env` files on the disk of this machine. */
export const machineVariableFiles: VariableFiles = {
  async text(path) {
    try {
      const bytes = await readFile(path).catch(async (error: unknown) => {
        if (isMissing(error) && !(await isLink(path))) return undefined
        throw error
      })
      // What is put back has to be what was there, byte by byte: what is no UTF-8 would come back as something else.
      return bytes && new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    } catch (error) {
      throw unwritten(path, error)
    }
  },
  async replace(path, text) {
    try {
      // A link is to stay one: what it leads to is replaced.
      const real = await realpath(path).catch(async (error: unknown) => {
        if (isMissing(error) && !(await isLink(path))) return path
        throw error
      })
      const before = await stat(real).catch((error: unknown) => {
        if (isMissing(error)) return undefined
        throw error
      })
      await fillDurably(real, async (handle) => {
        await writeAll(handle, Buffer.from(text))
        // Of the file itself: a folder may give its own group to what is made in it. Before the mode, which this takes bits from.
        const { uid, gid } = await handle.stat()
        if (before && (before.uid !== uid || before.gid !== gid))
          await handle.chown(before.uid, before.gid)
        await handle.chmod(before ? before.mode & 0o7777 : usualMode)
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

/** Whether a name that leads to no file is a link: somebody wants a file there, and nobody knows which. */
async function isLink(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isSymbolicLink()
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

function unwritten(path: string, cause: unknown): Failure {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new Failure(
    'failed',
    'VARIABLES_UNWRITTEN',
    `the file ${path} could not be read or written: ${why}`,
    [`ls -l ${path}`],
    { cause },
  )
}
