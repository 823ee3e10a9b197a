import { statSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { briefOf } from '../../domain/backupBrief.js'
import { formOf } from '../../domain/backupFile.js'
import { newestFirst } from '../../domain/backupOrder.js'
import type { Catalog, CatalogEntry } from '../../ports/shelf.js'
import { namesIn } from '../disk/namesIn.js'
import {
  readIndex,
  sameStamp,
  worthIndexing,
  writeIndex,
  type Indexed,
  type Stamp,
} from './catalogIndex.js'
import { idOfManifest, type Layout } from './layout.js'
import { readManifest } from './manifestFile.js'

/** Files looked at before the disk is asked again whether it answers. */
export const atOnce = 256

/**
 * What is on a shelf, in brief. Manifests that have not changed since they were last read come from the index; each file
 * is looked at, so that a manifest that was changed, exchanged or removed, and a file that is gone or cut off, is seen at
 * once. Looking is done without waiting in between: twenty thousand small answers cost more to wait for than to get. Only
 * before every few hundred of them the disk is asked so that waiting can be given up: one that never answers must not hold
 * up the clock and the signals of this process.
 */
export async function catalogOf(names: Layout, now: number): Promise<Catalog> {
  const manifests = await manifestsIn(names.folder)
  const index =
    manifests.length < worthIndexing ? new Map<string, Indexed>() : await readIndex(names.folder)
  const fresh = new Map<string, Indexed>()
  const unreadable: { file: string; reason: string }[] = []
  let learned = 0

  for (const [at, file] of manifests.entries()) {
    if (at % atOnce === 0) await answers(names.folder)
    const path = join(names.folder, file)
    const stamp = stampOf(path)
    if (!stamp) continue
    const known = index.get(file)
    if (known && sameStamp(known.stamp, stamp)) {
      fresh.set(file, known)
      continue
    }
    const found = await readManifest(path, file.slice(0, -'.json'.length))
    if ('manifest' in found) {
      fresh.set(file, { stamp, manifest: briefOf(found.manifest) })
      learned += 1
    } else if (stampOf(path)) unreadable.push({ file: path, reason: found.reason })
  }
  if (fresh.size >= worthIndexing && (learned > 0 || fresh.size !== index.size))
    await writeIndex(names.folder, fresh, now)

  const entries: CatalogEntry[] = []
  let looked = 0
  for (const [file, { manifest }] of fresh) {
    if (looked++ % atOnce === 0) await answers(names.folder)
    const path = names.file(manifest.id, formOf(manifest))
    const found = statSync(path, { throwIfNoEntry: false })
    // Read while it was on its way to the trash: then it is not there any more.
    if (!found && !stampOf(join(names.folder, file))) continue
    const written = found ? { writtenAt: found.mtime.toISOString() } : {}
    entries.push({ manifest, path, present: found?.size === manifest.bytes, ...written })
  }
  return { entries: newestFirst(entries, ({ manifest }) => manifest), unreadable }
}

async function manifestsIn(folder: string): Promise<readonly string[]> {
  return (await namesIn(folder)).filter(
    (file) => !file.startsWith('.') && idOfManifest(file) !== undefined,
  )
}

/** Comes back when the disk does. */
export async function answers(folder: string): Promise<void> {
  await stat(folder).catch(() => undefined)
}

/** What tells a file from a changed one; nothing where it is not there. */
export function stampOf(path: string): Stamp | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found && { inode: found.ino, bytes: found.size, changed: found.ctimeMs }
}
