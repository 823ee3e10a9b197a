import { readFile, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { backupForms, type BackupForm } from '../../domain/backupFile.js'
import { backupId, requireBackupId } from '../../domain/backupId.js'
import { Failure } from '../../domain/failure.js'
import type { Manifest } from '../../domain/manifest.js'
import { isGood, judged } from '../../domain/trust.js'
import type { Draft, Shelf, Spooled } from '../../ports/shelf.js'
import { catalogOf } from './catalog.js'
import { openDraft } from './draft.js'
import { open, remove, sync, writeAll } from '../disk/disk.js'
import { makeFolder, writeDurably } from '../disk/durable.js'
import { pointLatest } from './latest.js'
import { layout, type Layout } from './layout.js'
import { readManifest, readManifestBeside } from './manifestFile.js'
import { requireOwn } from './ownFolder.js'
import { readFrom } from './readFrom.js'
import { lookingAt, onShelf } from './shelfFailure.js'
import { shelfList, sizeOf } from './shelfList.js'
import { spoolName, sweep } from './sweep.js'
import { bringBack, eraseFromTrash, listTrash, moveToTrash, unfinishedTrash } from './trash.js'

/** A target's backups in a folder of this machine. */
export function folderShelf(shelf: string, target: string): Shelf {
  const names = layout(shelf, target)

  return {
    folder: names.folder,

    prepare: () => onShelf(names.folder, () => prepare(names)),

    draft: (at, safety, form) =>
      onShelf(names.folder, () => draft(names, target, at, safety, form)),

    list: () => lookingAt(names.folder, async () => (await shelfList(names)).entries),

    catalog: () => lookingAt(names.folder, () => catalogOf(names, Date.now())),

    manifest: (id) => lookingAt(names.folder, () => manifestOf(names, id)),

    manifestBeside: (id) =>
      lookingAt(names.folder, () => readManifestBeside(names.manifest(requireBackupId(id)), id)),

    unreadable: () => lookingAt(names.folder, async () => (await shelfList(names)).unreadable),

    read: (path) => readFrom(path),

    judge: (id, trust, at, judgement) =>
      onShelf(names.manifest(id), async () => {
        const before = await change(names, id, (now) => ({
          trust: judged(now.trust, trust),
          judgedAt: at.toISOString(),
          judgement,
        }))
        // The judgement is what counts: where the link cannot be pointed anew, the next run does it.
        if (isGood(before.trust) !== isGood(judged(before.trust, trust)))
          await pointLatest(names).catch(() => undefined)
      }),

    annotate: (id, annotation) =>
      onShelf(names.manifest(id), async () => {
        const onIt = await exists(names.manifest(id))
        await change(onIt ? names : names.trash, id, () => annotation)
      }),

    remove: (ids, removal) => onShelf(names.trash.folder, () => moveToTrash(names, ids, removal)),

    trash: () => onShelf(names.trash.folder, () => listTrash(names)),

    unfinished: () => lookingAt(names.folder, () => unfinishedTrash(names)),

    bringBack: (ids) => onShelf(names.folder, () => bringBack(names, ids)),

    erase: (ids) => onShelf(names.trash.folder, () => eraseFromTrash(names, ids)),
    lay: (name, bytes) => onShelf(names.folder, () => lay(join(names.folder, name), bytes)),

    layAbove: (name, bytes) => onShelf(shelf, () => lay(join(shelf, name), bytes)),

    sweep: () => onShelf(names.folder, () => sweep(names)),

    freeBytes: () =>
      onShelf(names.folder, async () => {
        const { bavail, bsize } = await statfs(await nearestFolder(names.folder))
        return bavail * bsize
      }),

    spool: (source) => onShelf(names.folder, () => spool(names, source)),
  }
}

async function lay(path: string, bytes: Uint8Array): Promise<void> {
  const there = await readFile(path).catch(() => undefined)
  if (there?.equals(bytes) !== true) await writeDurably(path, bytes)
}

async function manifestOf(names: Layout, id: string): Promise<Manifest | undefined> {
  for (const place of [names, names.trash]) {
    const found = await readManifest(place.manifest(requireBackupId(id)), id)
    if ('manifest' in found) return found.manifest
  }
  return undefined
}

/** Rewrites a manifest with some of its fields changed, and hands back what it was. Throws `BACKUP_NOT_FOUND` (not-found). */
async function change(
  names: Pick<Layout, 'manifest'>,
  id: string,
  changes: (now: Manifest) => Partial<Manifest>,
): Promise<Manifest> {
  const found = await readManifest(names.manifest(id), id)
  if ('reason' in found)
    throw new Failure(
      'not-found',
      'BACKUP_NOT_FOUND',
      `the manifest of ${id} cannot be read: ${found.reason}`,
      ['ops backup list'],
    )
  const changed: Manifest = { ...found.manifest, ...changes(found.manifest) }
  await writeDurably(names.manifest(id), `${JSON.stringify(changed, undefined, 1)}\n`)
  return found.manifest
}

async function prepare(names: Layout): Promise<void> {
  await makeFolder(names.folder)
  await requireOwn(names.folder)
  await makeFolder(names.quarantine)
  const probe = join(names.folder, `.probe-${process.pid.toString()}`)
  const handle = await open(probe, 'w', 0o600)
  try {
    await sync(handle)
  } finally {
    await handle.close()
    await remove(probe)
  }
}

/** The folder, or the closest one above it that is there. */
async function nearestFolder(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined)
  const above = dirname(folder)
  return found !== undefined || above === folder ? folder : nearestFolder(above)
}

/** The name holds our process number: the next run removes what a killed one left, and nobody else's. */
async function spool(names: Layout, source: AsyncIterable<Uint8Array>): Promise<Spooled> {
  await prepare(names)
  const path = join(names.folder, spoolName())
  const handle = await open(path, 'w', 0o600)
  try {
    for await (const chunk of source) await writeAll(handle, chunk)
  } catch (error) {
    await remove(path)
    throw error
  } finally {
    await handle.close()
  }
  return { path, discard: () => remove(path) }
}

async function draft(
  names: Layout,
  target: string,
  at: Date,
  safety: boolean,
  form: BackupForm,
): Promise<Draft> {
  for (let again = 0; ; again++) {
    const id = backupId(target, at, again, safety)
    if ((await anyFile(names, id)) || (await anyManifest(names, id))) continue
    try {
      return await openDraft(names, id, form)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
}

/** Whether a file of that id is there or in the trash, whatever its form: one id is one backup. */
async function anyFile(names: Layout, id: string): Promise<boolean> {
  const found = await Promise.all(
    backupForms.flatMap((form) => [
      exists(names.file(id, form)),
      exists(names.partial(id, form)),
      exists(names.trash.file(id, form)),
    ]),
  )
  return found.includes(true)
}

async function anyManifest(names: Layout, id: string): Promise<boolean> {
  return (await exists(names.manifest(id))) || (await exists(names.trash.manifest(id)))
}

async function exists(path: string): Promise<boolean> {
  return (await sizeOf(path)) !== undefined
}
