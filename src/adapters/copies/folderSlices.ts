import { createReadStream } from 'node:fs'
import { readdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { SliceManifest } from '../../domain/oplog/slice.js'
import { requireSliceFile } from '../../domain/oplog/sliceName.js'
import type { CopyWatch, PlacedFile } from '../../ports/copies.js'
import { remove, syncFolder, writeAll } from '../disk/disk.js'
import { fillDurably, isMissing, makeFolder, temporaryOf } from '../disk/durable.js'
import { removeHalfWritten } from '../shelf/halfWritten.js'
import { requireOwn } from '../shelf/ownFolder.js'
import { PassingBytes, requireSameBytes, sourceChanged, tooSmall } from './sameBytes.js'

/** Room left free: a disk that is full to the last byte breaks more than the copy. */
const reserve = 16 * 1024 * 1024

/** Names and bytes of what lies in the folder; none where it is not there. Writes nothing: a place may be mounted read-only. */
export async function slicesInFolder(folder: string): Promise<ReadonlyMap<string, number>> {
  return new Map([...(await filesInFolder(folder))].map(([name, { bytes }]) => [name, bytes]))
}

/** The same, with the time of each. */
export async function filesInFolder(
  folder: string,
): Promise<ReadonlyMap<string, { readonly bytes: number; readonly at: Date }>> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw error
  })
  const files = new Map<string, { readonly bytes: number; readonly at: Date }>()
  for (const name of names) {
    if (name.startsWith('.') || temporaryOf(name)) continue
    const found = await stat(join(folder, name)).catch(() => undefined)
    if (found?.isFile()) files.set(name, { bytes: found.size, at: found.mtime })
  }
  return files
}

/**
 * Writes a file by the rules of a shelf: temporary name, fsync, read back, rename, fsync of the folder. What killed runs left half
 * written there goes first.
 */
export async function bringSliceToFolder(
  folder: string,
  file: PlacedFile,
  { signal }: Pick<CopyWatch, 'signal'>,
): Promise<void> {
  await makeFolder(folder)
  await requireOwn(folder)
  await removeHalfWritten(folder, () => true)
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < file.bytes + reserve)
    throw tooSmall(folder, bavail * bsize, file.bytes + reserve)
  const expected = { id: file.name, bytes: file.bytes, sha256: file.sha256 }
  await fillDurably(
    join(folder, file.name),
    async (handle) => {
      const passing = new PassingBytes()
      for await (const chunk of file.read()) {
        signal.throwIfAborted()
        await writeAll(handle, chunk)
        passing.feed(chunk)
      }
      const difference = passing.difference(expected)
      if (difference !== undefined) throw sourceChanged(file.name, difference)
    },
    (temporary) => requireSameBytes(createReadStream(temporary), folder, expected, () => undefined),
  )
}

/** The file first: while the manifest is there, the next run comes back to it. */
export async function removeSliceFromFolder(
  folder: string,
  { id, file }: Pick<SliceManifest, 'id' | 'file'>,
): Promise<void> {
  await remove(join(folder, requireSliceFile(file)))
  await syncFolder(folder)
  await remove(join(folder, requireSliceFile(`${id}.json`)))
  await syncFolder(folder)
}
