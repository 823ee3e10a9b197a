import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { formOf } from '../../domain/backupFile.js'
import { newestFirst } from '../../domain/backupOrder.js'
import type { Catalog, ShelfEntry } from '../../ports/shelf.js'
import { namesIn } from '../disk/namesIn.js'
import { idOfManifest, type Layout } from './layout.js'
import { readManifest } from './manifestFile.js'

/** What is on a shelf: backups, newest first, and manifests that could not be read. */
export interface ShelfList {
  readonly entries: readonly ShelfEntry[]
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
}

/** Reads every manifest of a shelf. A shelf that is not there yet is empty. */
export async function shelfList(names: Layout): Promise<ShelfList> {
  const entries: ShelfEntry[] = []
  const unreadable: { file: string; reason: string }[] = []
  for (const file of await namesIn(names.folder)) {
    const id = idOfManifest(file)
    if (id === undefined || file.startsWith('.')) continue
    const found = await readManifest(join(names.folder, file), id)
    if ('reason' in found) {
      if ((await sizeOf(join(names.folder, file))) === undefined) continue
      unreadable.push({ file: join(names.folder, file), reason: found.reason })
      continue
    }
    const path = names.file(id, formOf(found.manifest))
    const size = await sizeOf(path)
    // Read while it was on its way to the trash: then it is not there any more.
    if (size === undefined && (await sizeOf(join(names.folder, file))) === undefined) continue
    entries.push({ manifest: found.manifest, path, present: size === found.manifest.bytes })
  }
  return { entries: newestFirst(entries, ({ manifest }) => manifest), unreadable }
}

/** The number of the next backup: one more than the highest there is. */
export function nextSequence({ entries }: Pick<Catalog, 'entries'>): number {
  return 1 + entries.reduce((highest, { manifest }) => Math.max(highest, manifest.sequence ?? 0), 0)
}

/** Size of a file; nothing if it is not there. */
export async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size
}
