import { lstat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { processIdentity } from '../state/processIdentity.js'
import { remove } from '../disk/disk.js'
import { temporaryOf } from '../disk/durable.js'
import { namesIn } from '../disk/namesIn.js'
import { guideName } from './layout.js'

/**
 * Milliseconds after which nobody writes on at a file of another machine. They are small; a day also covers clocks that
 * disagree.
 */
const longestWrite = 24 * 60 * 60 * 1000

/**
 * Whether another process may be writing it just now: judgements are written without the lock. Of a process of another
 * machine, which shares the folder, nothing is known but how old its file is.
 */
export async function isBeingWritten(folder: string, name: string): Promise<boolean> {
  const temporary = temporaryOf(name)
  if (!temporary) return false
  const { pid, ours } = temporary
  if (ours) return pid !== process.pid && (await processIdentity(pid)) !== undefined
  const found = await lstat(join(folder, name)).catch(() => undefined)
  return found !== undefined && Date.now() - found.mtimeMs < longestWrite
}

/**
 * Removes the temporary files of processes that are gone from a folder, where `isOurs` knows the name they were for. A folder that
 * is not there has none.
 */
export async function removeHalfWritten(
  folder: string,
  isOurs: (name: string) => boolean,
): Promise<void> {
  for (const name of await namesIn(folder)) {
    const temporary = temporaryOf(name)
    if (temporary && isOurs(temporary.name) && !(await isBeingWritten(folder, name)))
      await remove(join(folder, name))
  }
}

/**
 * The same for the guide above the folders of all targets. That folder may be one in which this user writes and does not
 * read; and what is left there is small, so that nothing fails because of it.
 */
export async function removeHalfWrittenGuide(folder: string): Promise<void> {
  await removeHalfWritten(dirname(folder), (name) => name === guideName).catch(() => undefined)
}
