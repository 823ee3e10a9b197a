import { open, rename, rm, symlink, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../domain/failure.js'
import { backupForms, fileOf, formOf, type BackupForm } from '../../domain/backupFile.js'
import type { Manifest } from '../../domain/manifest.js'
import type { Draft } from '../../ports/shelf.js'
import { syncFolder, writeAll, writeDurably } from './durable.js'
import type { Layout } from './layout.js'
import { onShelf } from './shelfFailure.js'
import { nextSequence, shelfList, sizeOf } from './shelfList.js'

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
      await rm(partial, { force: true })
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
): Promise<void> {
  const { id } = manifest
  const form = formOf(manifest)
  const sequence = nextSequence(await shelfList(names))
  await handle.sync()
  await close()
  await rename(names.partial(id, form), names.file(id, form))
  await syncFolder(names.folder)
  await writeDurably(names.checksum(id), `${manifest.sha256}  ${manifest.file}\n`)
  const numbered: Manifest = { ...manifest, sequence }
  await writeDurably(names.manifest(id), `${JSON.stringify(numbered, undefined, 1)}\n`)
  await requireThere(names.file(id, form), manifest.bytes)
  await pointLatest(names)
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

/**
 * The link leads to the first archive of the list, for whoever feeds it to mongorestore. A file system without links does
 * without: the backup is good.
 */
async function pointLatest(names: Layout): Promise<void> {
  const { entries } = await shelfList(names)
  const newest = entries.find(
    ({ manifest, present }) =>
      manifest.purpose === 'backup' && present && formOf(manifest).content === 'archive',
  )
  if (!newest) return
  const latest = names.latest(formOf(newest.manifest))
  const temporary = `${latest}.partial`
  await rm(temporary, { force: true })
  try {
    // Replaced by renaming a new one over it, so that there always is one.
    await symlink(newest.manifest.file, temporary)
  } catch (error) {
    if (isWithoutLinks(error)) return
    throw error
  }
  await rename(temporary, latest)
  await removeOthers(names, latest)
  await syncFolder(names.folder)
}

/** One link only: that to an older backup of another form would be taken for the newest. */
async function removeOthers(names: Layout, latest: string): Promise<void> {
  for (const form of backupForms) {
    if (names.latest(form) !== latest) await rm(names.latest(form), { force: true })
  }
}

/** symlink(2): EPERM where the file system has no symbolic links. */
function isWithoutLinks(error: unknown): boolean {
  const codes = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
