import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { Failure } from '../../domain/failure.js'
import type { SliceManifest } from '../../domain/oplog/slice.js'
import type { SliceDraft } from '../../ports/slices.js'
import { open, remove, rename, sync, syncFolder, writeAll } from '../disk/disk.js'
import { fillDurably, temporaryFor, writeDurably } from '../disk/durable.js'
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

/** Writes the file anew beside the old one, and puts it in its place once it proved to be what the manifest says. */
export async function replaceFile(
  names: SliceLayout,
  { id, file, bytes, sha256 }: SliceManifest,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  await fillDurably(names.path(file), async (handle) => {
    const hash = createHash('sha256')
    let passed = 0
    for await (const chunk of content) {
      await writeAll(handle, chunk)
      hash.update(chunk)
      passed += chunk.length
    }
    if (passed !== bytes || hash.digest('hex') !== sha256)
      throw new Failure(
        'integrity',
        'SLICE_DAMAGED',
        `what was brought for ${file} is not what its manifest says: it was not put in its place`,
        ['ops backup copy --all --verify', 'ops pitr status'],
        { facts: { slice: id } },
      )
  })
  await remove(names.damage(id))
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
