import { join } from 'node:path'
import { isBackupId } from '../../domain/backupId.js'
import { remove } from '../disk/disk.js'
import { namesIn } from '../disk/namesIn.js'
import { removeHalfWritten, removeHalfWrittenGuide } from '../shelf/halfWritten.js'
import { guideName, idOfFile, idOfManifest, idOfRemoving, type Layout } from '../shelf/layout.js'

/**
 * Removes what killed runs left half written among the copies of a target: it proves nothing. Only what ops makes there is
 * touched. Under the target's lock nobody else writes copies of it; the guide above belongs to all targets.
 */
export async function removePartials(names: Layout): Promise<void> {
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
  const id = idOfManifest(name) ?? name.replace(/\.(sha256|kit\.tar)$/, '')
  return id !== name && isBackupId(id)
}
