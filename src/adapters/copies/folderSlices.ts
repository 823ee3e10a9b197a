import { createReadStream } from 'node:fs'
import { readdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { CopyWatch, PlacedFile } from '../../ports/copies.js'
import { open, remove, sync, syncFolder, writeAll } from '../disk/disk.js'
import { isMissing, makeFolder, putInPlace, temporaryFor, temporaryOf } from '../disk/durable.js'
import { removeHalfWritten } from '../shelf/halfWritten.js'
import { requireOwn } from '../shelf/ownFolder.js'
import { PassingBytes, requireSameBytes, sourceChanged, tooSmall } from './sameBytes.js'

/** Room left free: a disk that is full to the last byte breaks more than the copy. */
const reserve = 16 * 1024 * 1024

/** Names and bytes of what lies in the folder; none where it is not there. Removes what killed runs left half written. */
export async function slicesInFolder(folder: string): Promise<ReadonlyMap<string, number>> {
  await removeHalfWritten(folder, () => true)
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw error
  })
  const sizes = new Map<string, number>()
  for (const name of names) {
    if (name.startsWith('.') || temporaryOf(name)) continue
    const found = await stat(join(folder, name)).catch(() => undefined)
    if (found?.isFile()) sizes.set(name, found.size)
  }
  return sizes
}

/** Writes a file by the rules of a shelf: temporary name, fsync, read back, rename, fsync of the folder. */
export async function bringSliceToFolder(
  folder: string,
  file: PlacedFile,
  { signal }: Pick<CopyWatch, 'signal'>,
): Promise<void> {
  await makeFolder(folder)
  await requireOwn(folder)
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < file.bytes + reserve)
    throw tooSmall(folder, bavail * bsize, file.bytes + reserve)
  const temporary = temporaryFor(join(folder, file.name))
  const expected = { id: file.name, bytes: file.bytes, sha256: file.sha256 }
  const handle = await open(temporary, 'wx', 0o600)
  try {
    const passing = new PassingBytes()
    try {
      for await (const chunk of file.read()) {
        signal.throwIfAborted()
        await writeAll(handle, chunk)
        passing.feed(chunk)
      }
      await sync(handle)
    } finally {
      await handle.close()
    }
    const difference = passing.difference(expected)
    if (difference !== undefined) throw sourceChanged(file.name, difference)
    await requireSameBytes(createReadStream(temporary), folder, expected, () => undefined)
  } catch (error) {
    await remove(temporary)
    throw error
  }
  await putInPlace(temporary, join(folder, file.name))
  await syncFolder(folder)
}
