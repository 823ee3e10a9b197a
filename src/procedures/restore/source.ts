import type { ArchiveContents } from '../../domain/contents.js'
import { Failure } from '../../domain/failure.js'
import type { Manifest } from '../../domain/manifest.js'
import type { Target } from '../../domain/target.js'
import type { Secret } from '../../domain/secret.js'
import type { ShelfEntry } from '../../ports/shelf.js'
import type { World } from '../../ports/world.js'
import { backupById, latestBackup, requireArchive } from '../backup/catalog.js'
import { isUnopened } from '../encryption/keyFor.js'
import {
  differs,
  inspectFile,
  openBackup,
  openFile,
  requireStored,
  type FileSum,
} from '../encryption/openFile.js'
import { fetchCopy, type WantedCopy } from './fromCopy.js'

/** What the operator named. */
export type Wanted =
  | { readonly kind: 'latest' }
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stream'; readonly stream: AsyncIterable<Uint8Array> }
  | WantedCopy
  /** One that was opened already; whoever opened it lets go of it. */
  | { readonly kind: 'opened'; readonly source: Source }

/** An archive that was read to its end and found whole. */
export interface Source {
  /** What to call it: its id, or its path. */
  readonly name: string
  readonly path: string
  readonly manifest?: Manifest
  readonly contents: ArchiveContents
  readonly gzipped: boolean
  /** What opens the file, where it is encrypted. */
  readonly key?: Secret
  /** Of the file as it is stored. */
  readonly sha256: string
  readonly fileBytes: number
  /** Removes what was put down only for this restore. */
  discard(): Promise<void>
}

/** What finding and reading an archive takes. */
export type SourceWorld = Pick<World, 'shelf' | 'clock' | 'cipher' | 'keys'>

/**
 * Finds what the operator named and reads it to its end before anything else happens. A backup of the shelf must be,
 * byte for byte, what its manifest says; one that is not is marked as damaged. Throws `BACKUP_NOT_FOUND` (not-found),
 * `NOT_AN_ARCHIVE` (refused), `NO_BACKUP`, `NO_SOUND_BACKUP`, `CHECKSUM_MISMATCH` (integrity), the archive's damage
 * (integrity), and for an encrypted one that cannot be opened what `keyFor` throws.
 */
export async function openSource(
  wanted: Wanted,
  target: Target,
  world: SourceWorld,
): Promise<Source> {
  const shelf = world.shelf(target)
  switch (wanted.kind) {
    case 'latest':
      return fromShelf(await latestBackup(target, shelf), target, world)
    case 'id':
      return fromShelf(await backupById(wanted.id, target, shelf), target, world)
    case 'file': {
      const known = (await shelf.list()).find(({ path }) => path === wanted.path)
      return known
        ? fromShelf(known, target, world)
        : fromFile({ path: wanted.path, name: wanted.path, discard: nothing }, target, world)
    }
    case 'opened':
      return { ...wanted.source, discard: nothing }
    case 'copy':
      return fromCopy(wanted, target, world)
    case 'stream': {
      const spooled = await shelf.spool(wanted.stream)
      try {
        return await fromFile({ ...spooled, name: 'standard input' }, target, world)
      } catch (error) {
        await spooled.discard()
        throw error
      }
    }
  }
}

const nothing = () => Promise.resolve()

async function fromFile(
  found: Pick<Source, 'path' | 'name' | 'discard'>,
  target: Target,
  world: SourceWorld,
): Promise<Source> {
  const shelf = world.shelf(target)
  const file = await openFile(found.path, shelf, world)
  return { ...(await inspectFile(file, shelf, world)), ...file, ...found }
}

/** The copy is spooled beside the backups, read to its end, and must be what the manifest that came with it says. */
async function fromCopy(wanted: WantedCopy, target: Target, world: SourceWorld): Promise<Source> {
  const { manifest, spooled } = await fetchCopy(wanted, target, world.shelf(target))
  try {
    const source = await fromFile(
      { path: spooled.path, name: manifest.id, discard: spooled.discard },
      target,
      world,
    )
    requireSame(manifest, source)
    return { ...source, manifest }
  } catch (error) {
    await spooled.discard()
    if (!(error instanceof Failure) || error.kind !== 'integrity') throw error
    throw new Failure(
      error.kind,
      error.code,
      `the copy of ${manifest.id} in ${wanted.place.where} is damaged: ${error.message}`,
      [`ops backup list --from ${wanted.place.name}`],
      { cause: error, facts: { ...error.facts, id: manifest.id } },
    )
  }
}

async function fromShelf(entry: ShelfEntry, target: Target, world: SourceWorld): Promise<Source> {
  const { manifest } = entry
  requireArchive(manifest)
  const shelf = world.shelf(target)
  try {
    const file = await openBackup(entry, shelf, world)
    const inspected = await inspectFile(file, shelf, world)
    requireSame(manifest, inspected)
    return { name: manifest.id, manifest, ...inspected, ...file, discard: nothing }
  } catch (error) {
    // A key that does not fit says nothing about the backup.
    if (error instanceof Failure && error.kind === 'integrity' && !isUnopened(error)) {
      await shelf
        .judge(manifest.id, 'damaged', world.clock.now(), error.message)
        .catch(() => undefined)
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
  found: FileSum & { readonly contents: ArchiveContents },
): void {
  requireStored(manifest, found)
  const names = new Set([
    ...Object.keys(manifest.collections),
    ...Object.keys(found.contents.namespaces),
  ])
  for (const name of names) {
    const is = found.contents.namespaces[name]?.documents
    const should = manifest.collections[name]?.documents
    if (is !== should) throw differs(`number of documents in ${name}`, is, should)
  }
}
