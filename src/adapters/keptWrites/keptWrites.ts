import { readFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { isKeptWritesId, keptWritesFile, type KeptWritesManifest } from '../../domain/keptWrites.js'
import type { KeptWrites, KeptWritesDraft, KeptWritesHoldings } from '../../ports/keptWrites.js'
import { open, remove, rename, sync, syncFolder, writeAll } from '../disk/disk.js'
import { makeFolder, temporaryFor, writeDurably } from '../disk/durable.js'
import { namesIn } from '../disk/namesIn.js'
import { isBeingWritten } from '../shelf/halfWritten.js'
import { requireOwn } from '../shelf/ownFolder.js'
import { readFrom } from '../shelf/readFrom.js'
import { lookingAt, onShelf } from '../shelf/shelfFailure.js'

/** What restores of a target discarded, in `<shelf>/<target>/discarded`. */
export function folderKeptWrites(shelf: string, target: string): KeptWrites {
  const folder = join(shelf, target, 'discarded')
  return {
    folder,
    draft: (id) => onShelf(folder, () => draftIn(folder, id)),
    holdings: () => lookingAt(folder, () => holdingsOf(folder)),
    read: ({ file }) => readFrom(join(folder, file)),
    erase: ({ id, file }) =>
      onShelf(folder, async () => {
        // The paper first: without it the file counts for nothing.
        await remove(join(folder, `${id}.json`))
        await remove(join(folder, file))
        await syncFolder(folder)
      }),
  }
}

async function draftIn(folder: string, id: string): Promise<KeptWritesDraft> {
  await makeFolder(folder)
  await requireOwn(folder)
  await sweep(folder)
  const partial = temporaryFor(join(folder, `${id}.writes`))
  const handle: FileHandle = await open(partial, 'wx', 0o600)
  let isOpen = true
  let isPublished = false
  const close = async () => {
    if (!isOpen) return
    isOpen = false
    await handle.close()
  }
  return {
    write: (bytes) => onShelf(partial, () => writeAll(handle, bytes)),
    publish: (manifest) =>
      onShelf(folder, async () => {
        await sync(handle)
        await close()
        await rename(partial, join(folder, manifest.file))
        isPublished = true
        await syncFolder(folder)
        await writeDurably(join(folder, `${manifest.id}.json`), `${JSON.stringify(manifest)}\n`)
      }),
    async discard() {
      await close()
      if (!isPublished) await remove(partial)
    },
  }
}

/** A partial file proves nothing, and neither does a whole one without its paper. */
async function sweep(folder: string): Promise<void> {
  const names = await namesIn(folder)
  const present = new Set(names)
  for (const name of names) {
    const id = /^(.+)\.writes\.gz(?:\.age)?$/.exec(name)?.[1]
    const isStray = id !== undefined && !present.has(`${id}.json`)
    if (!isStray && !name.endsWith('.partial')) continue
    if (await isBeingWritten(folder, name)) continue
    await remove(join(folder, name))
  }
}

async function holdingsOf(folder: string): Promise<KeptWritesHoldings> {
  const kept: KeptWritesManifest[] = []
  const unreadable: { file: string; reason: string }[] = []
  for (const name of (await namesIn(folder)).toSorted()) {
    if (!name.endsWith('.json')) continue
    const file = join(folder, name)
    const found = await read(file, name.slice(0, -'.json'.length))
    if (typeof found === 'string') unreadable.push({ file, reason: found })
    else kept.push(found)
  }
  kept.sort((one, other) => (one.takenAt < other.takenAt ? -1 : 1))
  return { kept, unreadable }
}

/** The manifest, or why it is none. */
async function read(path: string, id: string): Promise<KeptWritesManifest | string> {
  try {
    const found = JSON.parse(await readFile(path, 'utf8')) as Partial<KeptWritesManifest>
    if (found.id !== id || !isKeptWritesId(id)) return 'it is not that of this file'
    if (found.version !== 1) return 'it is of a later version of ops'
    if (found.file !== keptWritesFile(id, found.encrypted === true))
      return 'its file has another name'
    const numbers = [found.bytes, found.rawBytes, found.entries, found.since?.seconds]
    if (!numbers.every((each) => Number.isSafeInteger(each))) return 'it lacks a count'
    if (typeof found.sha256 !== 'string' || typeof found.target !== 'string')
      return 'it lacks its checksum or its target'
    return found as KeptWritesManifest
  } catch (error) {
    return String(error)
  }
}
