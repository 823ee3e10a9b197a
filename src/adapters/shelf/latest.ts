import { lstat, readlink } from 'node:fs/promises'
import { backupForms, formOf } from '../../domain/backupFile.js'
import { isGood } from '../../domain/trust.js'
import { remove, symlink, syncFolder } from '../disk/disk.js'
import { putInPlace, temporaryFor } from '../disk/durable.js'
import { catalogOf } from './catalog.js'
import type { Layout } from './layout.js'

/**
 * Points the link at the first good archive of the list, for whoever feeds it to mongorestore; without a good one there is
 * no link. A file system without links does without: the backups are good.
 */
export async function pointLatest(names: Layout): Promise<void> {
  const { entries } = await catalogOf(names, Date.now())
  const newest = entries.find(
    ({ manifest, present }) =>
      manifest.purpose === 'backup' &&
      present &&
      isGood(manifest.trust) &&
      formOf(manifest).content === 'archive',
  )
  if (!newest) {
    await removeOthers(names, undefined)
    return
  }
  const latest = names.latest(formOf(newest.manifest))
  if ((await readlink(latest).catch(() => undefined)) === newest.manifest.file) {
    await removeOthers(names, latest)
    return
  }
  const temporary = temporaryFor(latest)
  try {
    // Replaced by renaming a new one over it, so that there always is one.
    await symlink(newest.manifest.file, temporary)
  } catch (error) {
    if (isWithoutLinks(error)) return
    throw error
  }
  await putInPlace(temporary, latest)
  await removeOthers(names, latest)
  await syncFolder(names.folder)
}

/** Points a link anew that leads to nothing, or to the wrong one: a run was killed before it could, or two came together. */
export async function repairLatest(names: Layout): Promise<void> {
  for (const form of backupForms) {
    const link = await lstat(names.latest(form)).catch(() => undefined)
    if (link) return pointLatest(names)
  }
}

/** One link only: that to an older backup of another form would be taken for the newest. */
async function removeOthers(names: Layout, latest: string | undefined): Promise<void> {
  for (const form of backupForms) {
    if (names.latest(form) !== latest) await remove(names.latest(form))
  }
}

/** symlink(2): EPERM where the file system has no symbolic links. */
function isWithoutLinks(error: unknown): boolean {
  const codes = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
