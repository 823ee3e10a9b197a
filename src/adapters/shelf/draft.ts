import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../domain/failure.js'
import { fileOf, formOf, type BackupForm } from '../../domain/backupFile.js'
import type { Manifest } from '../../domain/manifest.js'
import type { Draft } from '../../ports/shelf.js'
import { open, remove, rename, sync, syncFolder, writeAll } from '../disk/disk.js'
import { writeDurably } from '../disk/durable.js'
import { catalogOf } from './catalog.js'
import { pointLatest } from './latest.js'
import type { Layout } from './layout.js'
import { onShelf } from './shelfFailure.js'
import { nextSequence, sizeOf } from './shelfList.js'

/** Opens the partial file of a new backup. Throws `EEXIST` as it is where the id is taken. */
export async function openDraft(names: Layout, id: string, form: BackupForm): Promise<Draft> {
  const partial = names.partial(id, form)
  const handle: FileHandle = await open(partial, 'wx', 0o600)
  let closed = false
  const close = async () => {
    if (closed) return
    closed = true
    await handle.close()
  }

  return {
    id,
    file: fileOf(id, form),

    write: (bytes) => onShelf(partial, () => writeAll(handle, bytes)),

    publish: (manifest) => onShelf(names.folder, () => publish(names, manifest, handle, close)),

    async discard() {
      await close()
      await remove(partial)
    },

    async quarantine() {
      await close()
      const kept = join(names.quarantine, fileOf(id, form))
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
): Promise<Manifest> {
  const { id } = manifest
  const form = formOf(manifest)
  const sequence = nextSequence(await catalogOf(names, Date.now()))
  await sync(handle)
  await close()
  await rename(names.partial(id, form), names.file(id, form))
  await syncFolder(names.folder)
  await writeDurably(names.checksum(id), `${manifest.sha256}  ${manifest.file}\n`)
  const numbered: Manifest = { ...manifest, sequence }
  try {
    await writeDurably(names.manifest(id), `${JSON.stringify(numbered, undefined, 1)}\n`)
  } catch (error) {
    // Not known to be on the disk: then it is not listed either. The next run keeps aside what is left of it.
    await remove(names.manifest(id)).catch(() => undefined)
    throw error
  }
  await requireThere(names.file(id, form), manifest.bytes)
  // The backup is good by now, whatever becomes of the link: the next one points it anew.
  await pointLatest(names).catch(() => undefined)
  return numbered
}

/** The file is looked at once more: whoever exchanged or removed it while it was written must not go unnoticed. */
async function requireThere(path: string, bytes: number): Promise<void> {
  const size = await sizeOf(path)
  if (size === bytes) return
  const what =
    size === undefined
      ? 'is gone'
      : `has ${size.toString()} bytes, and ${bytes.toString()} were written`
  throw new Failure('integrity', 'BACKUP_CHANGED', `${path} ${what}: somebody else was at it`, [
    `ls -l ${path}`,
    'ops backup',
  ])
}
