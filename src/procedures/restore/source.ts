import { inspectArchive } from '../../archive/inspect.js'
import type { ArchiveContents } from '../../domain/contents.js'
import { formOf } from '../../domain/backupFile.js'
import { Failure } from '../../domain/failure.js'
import type { Manifest } from '../../domain/manifest.js'
import type { Target } from '../../domain/target.js'
import type { Clock } from '../../ports/clock.js'
import type { Shelf, ShelfEntry } from '../../ports/shelf.js'
import { backupById, latestBackup } from '../backup/catalog.js'

/** What the operator named. */
export type Wanted =
  | { readonly kind: 'latest' }
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stream'; readonly stream: AsyncIterable<Uint8Array> }

/** An archive that was read to its end and found whole. */
export interface Source {
  /** What to call it: its id, or its path. */
  readonly name: string
  readonly path: string
  readonly manifest?: Manifest
  readonly contents: ArchiveContents
  readonly gzipped: boolean
  readonly sha256: string
  readonly fileBytes: number
  /** Removes what was put down only for this restore. */
  discard(): Promise<void>
}

/**
 * Finds what the operator named and reads it to its end before anything else happens. A backup of the shelf must be,
 * byte for byte, what its manifest says; one that is not is marked as damaged. Throws `BACKUP_NOT_FOUND` (not-found),
 * `NOT_AN_ARCHIVE` (refused), `NO_BACKUP`, `NO_SOUND_BACKUP`, `CHECKSUM_MISMATCH` (integrity), and the archive's damage (integrity).
 */
export async function openSource(
  wanted: Wanted,
  target: Target,
  shelf: Shelf,
  clock: Clock,
): Promise<Source> {
  switch (wanted.kind) {
    case 'latest':
      return fromShelf(await latestBackup(target, shelf), shelf, clock)
    case 'id':
      return fromShelf(await backupById(wanted.id, target, shelf), shelf, clock)
    case 'file': {
      const known = (await shelf.list()).find(({ path }) => path === wanted.path)
      return known
        ? fromShelf(known, shelf, clock)
        : fromFile(wanted.path, wanted.path, shelf, nothing)
    }
    case 'stream': {
      const spooled = await shelf.spool(wanted.stream)
      try {
        return await fromFile(spooled.path, 'standard input', shelf, spooled.discard)
      } catch (error) {
        await spooled.discard()
        throw error
      }
    }
  }
}

const nothing = () => Promise.resolve()

async function fromFile(
  path: string,
  name: string,
  shelf: Shelf,
  discard: () => Promise<void>,
): Promise<Source> {
  const inspected = await inspectArchive(shelf.read(path))
  return { name, path, ...inspected, discard }
}

async function fromShelf(
  { manifest, path }: ShelfEntry,
  shelf: Shelf,
  clock: Clock,
): Promise<Source> {
  if (formOf(manifest).content !== 'archive')
    throw new Failure(
      'refused',
      'NOT_AN_ARCHIVE',
      `${manifest.id} is a copy of the data files: mongorestore cannot read it, it is put in place as a whole`,
      [`ops restore ${manifest.id}`, 'ops backup list'],
    )
  try {
    const inspected = await inspectArchive(shelf.read(path))
    requireSame(manifest, inspected)
    return { name: manifest.id, path, manifest, ...inspected, discard: nothing }
  } catch (error) {
    if (error instanceof Failure && error.kind === 'integrity') {
      await shelf.judge(manifest.id, 'damaged', clock.now(), error.message).catch(() => undefined)
      throw new Failure(
        error.kind,
        error.code,
        `${manifest.id} is damaged: ${error.message}`,
        ['ops backup list', 'ops backup verify --all'],
        { cause: error, facts: { ...error.facts, id: manifest.id } },
      )
    }
    throw error
  }
}

/** Holds a file that was read against its manifest: bytes, checksum, and what is in it. Throws `CHECKSUM_MISMATCH` (integrity). */
export function requireSame(
  manifest: Manifest,
  found: {
    readonly sha256: string
    readonly fileBytes: number
    readonly contents: ArchiveContents
  },
): void {
  const differs = (what: string, is: unknown, should: unknown): never => {
    throw new Failure(
      'integrity',
      'CHECKSUM_MISMATCH',
      `its ${what} is ${String(is)}, its manifest says ${String(should)}`,
      ['ops backup verify --all'],
    )
  }
  if (found.fileBytes !== manifest.bytes) differs('size', found.fileBytes, manifest.bytes)
  if (found.sha256 !== manifest.sha256) differs('SHA-256', found.sha256, manifest.sha256)
  const names = new Set([
    ...Object.keys(manifest.collections),
    ...Object.keys(found.contents.namespaces),
  ])
  for (const name of names) {
    const is = found.contents.namespaces[name]?.documents
    const should = manifest.collections[name]?.documents
    if (is !== should) differs(`number of documents in ${name}`, is, should)
  }
}
