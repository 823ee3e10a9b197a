import { createHash } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BackupBrief } from '../../domain/backupBrief.js'

/** What tells whether a manifest is still the one that was read: every change of a file changes one of these. */
export interface Stamp {
  readonly inode: number
  readonly bytes: number
  /** Milliseconds since 1970, with fractions: the last change of the file or of what is known of it. */
  readonly changed: number
}

/** A manifest as it was read, and the stamp it had before it was. */
export interface Indexed<Content = BackupBrief> {
  readonly stamp: Stamp
  readonly manifest: Content
}

/** Manifest names to what was read of them. */
export type CatalogIndex<Content = BackupBrief> = ReadonlyMap<string, Indexed<Content>>

const ofBackups = '.catalog.json'

/** Another version of ops may read other fields. */
const form = 1

/** Fewer manifests than this are read as quickly as an index. */
export const worthIndexing = 200

/** A file that changed so shortly ago (milliseconds) may change again without its stamp telling. */
const settledAfter = 2_000

/**
 * The index of a shelf; empty where it is not there, damaged, or of another form. It is a cache: nothing in it is believed
 * of a manifest whose stamp is another now, and without it everything is as right and only slower.
 */
export async function readIndex<Content = BackupBrief>(
  folder: string,
  name = ofBackups,
): Promise<CatalogIndex<Content>> {
  const text = await readFile(join(folder, name), 'utf8').catch(() => '')
  const end = text.indexOf('\n')
  const body = text.slice(end + 1)
  if (end === -1 || text.slice(0, end) !== headOf(body)) return new Map()
  return new Map(JSON.parse(body) as [string, Indexed<Content>][])
}

/**
 * Replaces the index, whole or not at all. What cannot be written (a full disk, a shelf of somebody else) is left: the next
 * reader takes as long as this one. A manifest that has only just changed stays out.
 */
export async function writeIndex(
  folder: string,
  index: CatalogIndex<unknown>,
  now: number,
  name = ofBackups,
): Promise<void> {
  const settled = [...index].filter(([, { stamp }]) => now - stamp.changed > settledAfter)
  const body = JSON.stringify(settled)
  const temporary = join(folder, `${name}.${process.pid.toString()}.partial`)
  try {
    await writeFile(temporary, `${headOf(body)}\n${body}`, { mode: 0o600 })
    await rename(temporary, join(folder, name))
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined)
  }
}

function headOf(body: string): string {
  return `ops catalog ${form.toString()} ${createHash('sha256').update(body).digest('hex')}`
}

/** Whether two stamps are of the same, unchanged file. */
export function sameStamp(one: Stamp, other: Stamp): boolean {
  return one.inode === other.inode && one.bytes === other.bytes && one.changed === other.changed
}
