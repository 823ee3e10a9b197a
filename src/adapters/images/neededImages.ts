import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isBackupId } from '../../domain/backupId.js'
import { namesIn } from '../disk/namesIn.js'
import { idOfManifest } from '../shelf/layout.js'

/**
 * Ids of the images that any backup of a shelf needs, those in the trash too: they may be brought back. Throws where a manifest
 * cannot be read: it may be the one that needs the image.
 */
export async function neededImages(shelf: string): Promise<ReadonlySet<string>> {
  const needed = new Set<string>()
  for (const target of await namesIn(shelf)) {
    if (target.startsWith('.') || target.endsWith('.md')) continue
    for (const folder of [join(shelf, target), join(shelf, target, '.trash')])
      for (const id of await imagesIn(folder)) needed.add(id)
  }
  return needed
}

async function imagesIn(folder: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const name of await namesIn(folder)) {
    if (!isBackupId(idOfManifest(name) ?? '')) continue
    const { kit } = JSON.parse(await readFile(join(folder, name), 'utf8')) as {
      readonly kit?: { readonly images?: readonly string[] }
    }
    found.push(...(kit?.images ?? []))
  }
  return found
}
