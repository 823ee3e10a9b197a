import { join } from 'node:path'
import { backupForms, formOf, type BackupForm } from '../../domain/backupFile.js'
import { isBackupId } from '../../domain/backupId.js'
import { Failure } from '../../domain/failure.js'
import type { Leftover, Removal, Trashed } from '../../ports/shelf.js'
import { remove, rename, syncFolder } from '../disk/disk.js'
import { isMissing, makeFolder } from '../disk/durable.js'
import { namesIn } from '../disk/namesIn.js'
import { pointLatest } from './latest.js'
import { idOfManifest, type Layout } from './layout.js'
import { readManifest } from './manifestFile.js'
import { readRemovals, writeRemoval } from './removals.js'
import { sizeOf } from './shelfList.js'

/** The two calls that move and delete. Handed in, so that a crash can be put between any two of them. */
export interface Mover {
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
}

/** The file system itself. */
export const mover: Mover = { rename, remove }

/**
 * Moves backups to the trash. The manifest goes first: with it a backup is listed or not, so that each is there whole or
 * not at all. Renames need no sync between them, because every order in which they reach the disk can be finished.
 */
export async function moveToTrash(
  names: Layout,
  ids: readonly string[],
  removal: Removal,
  move: Mover = mover,
): Promise<void> {
  const forms = new Map<string, BackupForm>()
  for (const id of ids) forms.set(id, await formOnShelf(names, id))
  await makeFolder(names.trash.folder)
  await writeRemoval(names.trash, ids, removal)
  for (const [id, form] of forms) {
    await move.rename(names.manifest(id), names.trash.manifest(id))
    await moveRest(names, id, form, move)
  }
  await settle(names)
}

/** What else a backup has, its file last. What is not there has been moved, or never was. */
async function moveRest(names: Layout, id: string, form: BackupForm, move: Mover): Promise<void> {
  await ifThere(move.rename(names.checksum(id), names.trash.checksum(id)))
  await ifThere(move.rename(names.kit(id), names.trash.kit(id)))
  await ifThere(move.rename(names.file(id, form), names.trash.file(id, form)))
}

/** Puts backups back. The manifest comes last: until then the backup is still in the trash, and `sweep` takes it back there. */
export async function bringBack(
  names: Layout,
  ids: readonly string[],
  move: Mover = mover,
): Promise<readonly string[]> {
  const back: { readonly id: string; readonly form: BackupForm }[] = []
  for (const id of ids) {
    const found = await readManifest(names.trash.manifest(id), id)
    if ('manifest' in found) back.push({ id, form: formOf(found.manifest) })
  }
  for (const { id, form } of back) {
    const taken = [names.manifest(id), ...backupForms.map((each) => names.file(id, each))]
    if ((await Promise.all(taken.map(sizeOf))).some((size) => size !== undefined))
      throw new Failure('refused', 'BACKUP_EXISTS', `${names.folder} has another backup ${id}`, [
        `ls -l ${names.file(id, form)}`,
        'ops backup list',
      ])
  }
  for (const { id, form } of back) {
    await ifThere(move.rename(names.trash.file(id, form), names.file(id, form)))
    await ifThere(move.rename(names.trash.checksum(id), names.checksum(id)))
    await ifThere(move.rename(names.trash.kit(id), names.kit(id)))
    await move.rename(names.trash.manifest(id), names.manifest(id))
  }
  if (back.length > 0) await settle(names)
  return back.map(({ id }) => id)
}

/** What is in the trash, by its manifests. */
export async function listTrash({ trash }: Layout): Promise<readonly Trashed[]> {
  const since = new Map<string, string>()
  for (const { record } of await readRemovals(trash))
    for (const id of record.ids) since.set(id, record.removedAt)
  const ids = (await namesIn(trash.folder))
    .map((name) => idOfManifest(name) ?? '')
    .filter((id) => isBackupId(id))
  return Promise.all(
    ids.map(async (id) => {
      const removedAt = since.get(id)
      const file = await fileIn(trash, id)
      return {
        id,
        bytes: file?.size ?? 0,
        ...(file === undefined ? {} : { content: file.form.content }),
        ...(removedAt === undefined ? {} : { removedAt }),
      }
    }),
  )
}

/** Deletes backups from the trash, manifest first, file last: what has no manifest any more is deleted by the next `sweep`. */
export async function eraseFromTrash(
  names: Layout,
  ids: readonly string[],
  move: Mover = mover,
): Promise<void> {
  const { trash } = names
  for (const id of ids) {
    await move.remove(trash.manifest(id))
    await move.remove(trash.checksum(id))
    await move.remove(trash.kit(id))
    for (const form of backupForms) await move.remove(trash.file(id, form))
  }
  await settle(names)
}

/** Ids of which a killed run left a part here and a part there, or a part of what it was deleting. */
export async function unfinishedTrash(names: Layout): Promise<readonly string[]> {
  const found: string[] = []
  for (const id of await recordedIds(names)) {
    const { shelf, trash } = await placesOf(names, id)
    const settled = shelf.manifest || !trash.manifest ? !trash.file : !shelf.file
    if (!settled) found.push(id)
  }
  return found
}

/** Ids of everything that was ever moved to the trash and may have left something there. */
async function recordedIds({ trash }: Layout): Promise<ReadonlySet<string>> {
  const ids = (await readRemovals(trash)).flatMap(({ record }) => record.ids)
  return new Set(ids.filter((each) => isBackupId(each)))
}

/**
 * Finishes what killed runs began: a backup whose manifest has left the shelf follows it into the trash; one whose
 * manifest has left the trash is deleted there.
 */
export async function sweepTrash(names: Layout, move: Mover = mover): Promise<readonly Leftover[]> {
  const { trash } = names
  const leftovers: Leftover[] = []
  for (const name of await namesIn(trash.folder))
    if (name.endsWith('.partial')) await move.remove(join(trash.folder, name))
  for (const id of await recordedIds(names)) {
    const on = await placesOf(names, id)
    if (on.shelf.manifest && !on.trash.file) continue
    if (on.shelf.manifest) {
      // A judgement was written while the file was on its way.
      await move.rename(names.manifest(id), trash.manifest(id))
    } else if (!on.trash.manifest) {
      if (!on.trash.file) continue
      const { file, size } = on.trash.file
      await eraseFromTrash(names, [id], move)
      leftovers.push({ file, bytes: size, fate: 'erased' })
      continue
    }
    if (!on.shelf.file) continue
    const { form, size } = on.shelf.file
    await moveRest(names, id, form, move)
    leftovers.push({ file: trash.file(id, form), bytes: size, fate: 'trashed' })
  }
  if (leftovers.length > 0) await settle(names)
  return leftovers
}

/** What of a backup lies where. */
async function placesOf(names: Layout, id: string) {
  const there = async (path: string) => (await sizeOf(path)) !== undefined
  return {
    shelf: { manifest: await there(names.manifest(id)), file: await fileIn(names, id) },
    trash: { manifest: await there(names.trash.manifest(id)), file: await fileIn(names.trash, id) },
  }
}

/** The file of a backup at a place, whatever its form; nothing where it is not there. */
async function fileIn(place: Pick<Layout, 'file'>, id: string) {
  for (const form of backupForms) {
    const size = await sizeOf(place.file(id, form))
    if (size !== undefined) return { form, size, file: place.file(id, form) }
  }
  return undefined
}

/** Makes it last, forgets records of which nothing is left, and points `latest` at what is there now. */
async function settle(names: Layout): Promise<void> {
  const { trash } = names
  await syncFolder(trash.folder)
  await syncFolder(names.folder)
  // Ids hold no dot.
  const left = new Set((await namesIn(trash.folder)).map((name) => name.split('.', 1)[0]))
  for (const { path, record } of await readRemovals(trash))
    if (!record.ids.some((id) => left.has(id))) await remove(path)
  await pointLatest(names)
}

async function formOnShelf(names: Layout, id: string): Promise<BackupForm> {
  const found = await readManifest(names.manifest(id), id)
  if ('manifest' in found) return formOf(found.manifest)
  throw new Failure(
    'not-found',
    'BACKUP_NOT_FOUND',
    `the manifest of ${id} cannot be read: ${found.reason}`,
    ['ops backup list'],
  )
}

async function ifThere(work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!isMissing(error)) throw error
  })
}
