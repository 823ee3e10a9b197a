import { open, rename, rm, symlink, type FileHandle } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Manifest } from '../../domain/manifest.js'
import type { Draft } from '../../ports/shelf.js'
import { syncFolder, writeAll, writeDurably } from './durable.js'
import type { Layout } from './layout.js'
import { onShelf } from './shelfFailure.js'

/** Opens the partial file of a new backup. Throws `EEXIST` as it is where the id is taken. */
export async function openDraft(names: Layout, id: string): Promise<Draft> {
  const partial = names.partial(id)
  const handle: FileHandle = await open(partial, 'wx', 0o600)
  let closed = false
  const close = async () => {
    if (closed) return
    closed = true
    await handle.close()
  }

  return {
    id,
    file: basename(names.archive(id)),

    write: (bytes) => onShelf(partial, () => writeAll(handle, bytes)),

    publish: (manifest) => onShelf(names.folder, () => publish(names, manifest, handle, close)),

    async discard() {
      await close()
      await rm(partial, { force: true })
    },

    async quarantine() {
      await close()
      const kept = join(names.quarantine, basename(names.archive(id)))
      await rename(partial, kept)
      await syncFolder(names.quarantine)
      return kept
    },
  }
}

/** Each step is durable before the next begins: whatever a crash leaves, the manifest never names a file that is not whole. */
async function publish(
  names: Layout,
  manifest: Manifest,
  handle: FileHandle,
  close: () => Promise<void>,
): Promise<void> {
  const { id } = manifest
  await handle.sync()
  await close()
  await rename(names.partial(id), names.archive(id))
  await syncFolder(names.folder)
  await writeDurably(names.checksum(id), `${manifest.sha256}  ${manifest.file}\n`)
  await writeDurably(names.manifest(id), `${JSON.stringify(manifest, undefined, 1)}\n`)
  if (manifest.purpose === 'backup') await pointLatest(names, manifest.file)
}

/** A link is replaced by renaming a new one over it, so that there always is one. */
async function pointLatest(names: Layout, file: string): Promise<void> {
  const temporary = `${names.latest}.partial`
  await rm(temporary, { force: true })
  await symlink(file, temporary)
  await rename(temporary, names.latest)
  await syncFolder(names.folder)
}
