import { join } from 'node:path'
import { backupFile, fileOf, type BackupForm } from '../../domain/backupFile.js'
import { isBackupId } from '../../domain/backupId.js'

/** Names of everything on a target's shelf. */
export interface Layout {
  readonly folder: string
  readonly quarantine: string
  /** Where removed backups wait, under the names they had. */
  readonly trash: Trash
  /** The link to the newest backup, which has that backup's ending. */
  latest(form: BackupForm): string
  file(id: string, form: BackupForm): string
  partial(id: string, form: BackupForm): string
  manifest(id: string): string
  checksum(id: string): string
  kit(id: string): string
  /** Says, at a place for copies, that what else has this id is being removed. */
  removing(id: string): string
}

/** Names in the trash of a shelf. */
export interface Trash {
  readonly folder: string
  file(id: string, form: BackupForm): string
  manifest(id: string): string
  checksum(id: string): string
  kit(id: string): string
}

/** The names under `<shelf>/<target>`. */
export function layout(shelf: string, target: string): Layout {
  const folder = join(shelf, target)
  const trash = join(folder, '.trash')
  return {
    folder,
    quarantine: join(folder, '.quarantine'),
    trash: {
      folder: trash,
      file: (id, form) => join(trash, fileOf(id, form)),
      manifest: (id) => join(trash, `${id}.json`),
      checksum: (id) => join(trash, `${id}.sha256`),
      kit: (id) => join(trash, kitOf(id)),
    },
    latest: (form) => join(folder, fileOf(latestName, form)),
    file: (id, form) => join(folder, fileOf(id, form)),
    partial: (id, form) => join(folder, `${fileOf(id, form)}.partial`),
    manifest: (id) => join(folder, `${id}.json`),
    checksum: (id) => join(folder, `${id}.sha256`),
    kit: (id) => join(folder, kitOf(id)),
    removing: (id) => join(folder, `${id}${removingEnding}`),
  }
}

/** Ending of the note that a copy is being removed. */
export const removingEnding = '.removing'

/** The id in the name of such a note; nothing for any other name. */
export function idOfRemoving(name: string): string | undefined {
  const id = name.endsWith(removingEnding) ? name.slice(0, -removingEnding.length) : ''
  return isBackupId(id) ? id : undefined
}

/** Name of the recovery kit of a backup. */
export function kitOf(id: string): string {
  return `${id}.kit.tar`
}

/** Name of what tells how to restore without ops. */
export const guideName = 'RESTORE.md'

const latestName = 'latest'

/** The id in the name of a backup's file; nothing for any other name, and for the link to the newest. */
export function idOfFile(name: string): string | undefined {
  const found = backupFile(name)
  return found?.id === latestName ? undefined : found?.id
}

/** The id in the name of a manifest; nothing for any other name. */
export function idOfManifest(name: string): string | undefined {
  return name.endsWith('.json') ? name.slice(0, -'.json'.length) : undefined
}
