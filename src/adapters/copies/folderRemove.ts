import { backupForms } from '../../domain/backupFile.js'
import { requireBackupId } from '../../domain/backupId.js'
import { remove, syncFolder } from '../disk/disk.js'
import { writeDurably } from '../disk/durable.js'
import { namesIn } from '../disk/namesIn.js'
import { idOfRemoving, type Layout } from '../shelf/layout.js'
import { sizeOf } from '../shelf/shelfList.js'
import { removePartials } from './folderPartials.js'

/** Removes a copy: the note first, the manifest next, so that no manifest is ever without its file. Each is durable in turn. */
export async function removeFromFolder(
  names: Layout,
  copy: { readonly id: string },
): Promise<void> {
  const id = requireBackupId(copy.id)
  if ((await sizeOf(names.folder)) === undefined) return
  await writeDurably(names.removing(id), '')
  await remove(names.manifest(id))
  await syncFolder(names.folder)
  await removeRest(names, id)
}

/** What is not listed any more goes, and the note last: until then the next sweep comes back to it. */
async function removeRest(names: Layout, id: string): Promise<void> {
  for (const form of backupForms) await remove(names.file(id, form))
  await remove(names.checksum(id))
  await remove(names.kit(id))
  await syncFolder(names.folder)
  await remove(names.removing(id))
}

/** Ids of the notes in a folder. A folder that is not there has none. */
export async function unfinishedIn({ folder }: Layout): Promise<readonly string[]> {
  return (await namesIn(folder)).flatMap((name) => idOfRemoving(name) ?? [])
}

/** Removes what was left half written, and ends what the notes say was begun; a copy that is still listed only loses its note. Returns the ids that were removed. */
export async function sweepFolder(names: Layout): Promise<readonly string[]> {
  const swept: string[] = []
  await removePartials(names)
  for (const id of await unfinishedIn(names)) {
    if ((await sizeOf(names.manifest(id))) !== undefined) await remove(names.removing(id))
    else {
      await removeRest(names, id)
      swept.push(id)
    }
  }
  return swept
}
