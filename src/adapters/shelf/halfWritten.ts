import { dirname, join } from 'node:path'
import { remove } from '../disk/disk.js'
import { temporaryOf } from '../disk/durable.js'
import { namesIn } from '../disk/namesIn.js'
import { mayBeWanted } from '../disk/writer.js'
import { guideName } from './layout.js'

/** Whether another process may be writing it just now: judgements are written without the lock. */
export async function isBeingWritten(folder: string, name: string): Promise<boolean> {
  const temporary = temporaryOf(name)
  if (!temporary || (temporary.ours && temporary.pid === process.pid)) return false
  return mayBeWanted(temporary, join(folder, name))
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
