import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isBackupId } from '../../domain/backupId.js'
import { isMissing } from '../disk/durable.js'
import { namesIn } from '../disk/namesIn.js'
import { idOfManifest, type Layout } from '../shelf/layout.js'

/** Names of the folders that hold a manifest; none where nothing is there. */
export async function targetsInFolder(path: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const name of (await namesIn(path)).toSorted()) {
    if (name.startsWith('.')) continue
    const about = await stat(join(path, name)).catch(() => undefined)
    if (about?.isDirectory() !== true) continue
    const inside = await namesIn(join(path, name))
    if (inside.some((file) => isBackupId(idOfManifest(file) ?? ''))) found.push(name)
  }
  return found
}

/** The kit beside a copy; nothing where there is none. */
export async function kitInFolder(names: Layout, id: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(names.kit(id))
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
