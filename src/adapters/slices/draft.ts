import type { FileHandle } from 'node:fs/promises'
import { Failure } from '../../domain/failure.js'
import type { SliceManifest } from '../../domain/oplog/slice.js'
import type { SliceDraft } from '../../ports/slices.js'
import { open, remove, rename, sync, syncFolder, writeAll } from '../disk/disk.js'
import { temporaryFor, writeDurably } from '../disk/durable.js'
import { onShelf } from '../shelf/shelfFailure.js'
import { sizeOf } from '../shelf/shelfList.js'
import type { SliceLayout } from './layout.js'

/** Opens the partial file of a new slice; its name says whose it is, because its end is not known yet. */
export async function openSliceDraft(names: SliceLayout, timeline: number): Promise<SliceDraft> {
  const partial = temporaryFor(names.path(`timeline-${timeline.toString()}.oplog`))
  const handle: FileHandle = await open(partial, 'wx', 0o600)
  let closed = false
  let published = false
  const close = async () => {
    if (closed) return
    closed = true
    await handle.close()
  }

  return {
    write: (bytes) => onShelf(partial, () => writeAll(handle, bytes)),

    publish: (manifest) =>
      onShelf(names.folder, async () => {
        await requireFree(names, manifest)
        await sync(handle)
        await close()
        await rename(partial, names.path(manifest.file))
        published = true
        await syncFolder(names.folder)
        await publishManifest(names, manifest)
      }),

    async discard() {
      await close()
      if (!published) await remove(partial)
    },
  }
}

async function publishManifest(names: SliceLayout, manifest: SliceManifest): Promise<void> {
  const path = names.manifest(manifest.id)
  try {
    await writeDurably(path, `${JSON.stringify(manifest)}\n`)
  } catch (error) {
    // Not known to be on the disk: then it is not listed either. The next run keeps its file aside.
    await remove(path).catch(() => undefined)
    throw error
  }
}

/** A name stands for one stretch of one history: what has it already is never written over. */
async function requireFree(names: SliceLayout, { id, file }: SliceManifest): Promise<void> {
  for (const path of [names.path(file), names.manifest(id)]) {
    if ((await sizeOf(path)) === undefined) continue
    throw new Failure(
      'integrity',
      'SLICE_EXISTS',
      `${path} is there already: somebody else puts slices into this folder`,
      [`ls -l ${names.folder}`, 'ops pitr status'],
    )
  }
}
