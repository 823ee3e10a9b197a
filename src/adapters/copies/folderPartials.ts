import { join } from 'node:path'
import { isBackupId } from '../../domain/backupId.js'
import { remove } from '../disk/disk.js'
import { namesIn } from '../disk/namesIn.js'
import { removeHalfWritten, removeHalfWrittenGuide } from '../shelf/halfWritten.js'
import { guideName, idOfFile, idOfManifest, idOfRemoving, type Layout } from '../shelf/layout.js'

/**
 * Removes what killed runs left half written among the copies of a target: it proves nothing. Only what ops makes there is
 * touched, and what another machine writes only once it is a day old: two may bring copies of one target to one share, and neither
 * has the other's lock. The guide above belongs to all targets.
 */
export async function removePartials(names: Layout): Promise<void> {
  // Names that earlier versions gave, which tell nothing of their writer.
  for (const name of await namesIn(names.folder)) {
    const whole = name.endsWith('.partial') ? name.slice(0, -'.partial'.length) : ''
    if (idOfFile(whole) !== undefined) await remove(join(names.folder, name))
  }
  await removeHalfWritten(names.folder, isOurs)
  await removeHalfWrittenGuide(names.folder)
}

/** What ops writes beside the file of a copy. */
function isOurs(name: string): boolean {
  if (name === guideName || idOfRemoving(name) !== undefined) return true
  if (idOfFile(name) !== undefined) return true
  const id = idOfManifest(name) ?? name.replace(/\.(sha256|kit\.tar)$/, '')
  return id !== name && isBackupId(id)
}
