import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { formOf } from '../../domain/backupFile.js'
import type { Manifest } from '../../domain/manifest.js'
import type { ShelfEntry } from '../../ports/shelf.js'
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
  const files = await readdir(names.folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
  for (const file of files) {
    const id = idOfManifest(file)
    if (id === undefined || file.startsWith('.')) continue
    const found = await readManifest(join(names.folder, file), id)
    if ('reason' in found) {
      unreadable.push({ file: join(names.folder, file), reason: found.reason })
      continue
    }
    const path = names.file(id, formOf(found.manifest))
    const size = await sizeOf(path)
    entries.push({ manifest: found.manifest, path, present: size === found.manifest.bytes })
  }
  return { entries: newestFirst(entries), unreadable }
}

/** The number of the next backup: one more than the highest there is. */
export function nextSequence({ entries }: ShelfList): number {
  return 1 + entries.reduce((highest, { manifest }) => Math.max(highest, manifest.sequence ?? 0), 0)
}

/** Size of a file; nothing if it is not there. */
export async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size
}

/**
 * The order in which backups were put on the shelf. A clock may be set back, a sequence is not: among those that have one
 * it alone decides. Manifests without one are put between them by their time.
 */
export function newestFirst<Entry extends { readonly manifest: Manifest }>(
  entries: readonly Entry[],
): readonly Entry[] {
  const numbered = entries
    .filter(({ manifest }) => manifest.sequence !== undefined)
    .toSorted(
      ({ manifest: one }, { manifest: other }) =>
        (other.sequence ?? 0) - (one.sequence ?? 0) || byTime(one, other),
    )
  const others = entries
    .filter(({ manifest }) => manifest.sequence === undefined)
    .toSorted(({ manifest: one }, { manifest: other }) => byTime(one, other))
  const merged: Entry[] = []
  for (const entry of numbered) {
    while (others[0] && byTime(others[0].manifest, entry.manifest) < 0)
      merged.push(...others.splice(0, 1))
    merged.push(entry)
  }
  return [...merged, ...others]
}

/** Negative where the first is newer. The id holds a number for backups of the same second. */
function byTime(one: Manifest, other: Manifest): number {
  if (one.takenAt !== other.takenAt) return one.takenAt < other.takenAt ? 1 : -1
  return one.id < other.id ? 1 : -1
}
