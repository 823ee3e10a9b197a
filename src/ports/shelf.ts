import type { BackupBrief } from '../domain/backupBrief.js'
import type { BackupContent, BackupForm } from '../domain/backupFile.js'
import type { Manifest } from '../domain/manifest.js'
import type { Trust } from '../domain/trust.js'

/** What may be written into a manifest after it was published. */
export type Annotation = Pick<Manifest, 'copies' | 'tested' | 'kit'>

/** A backup in the making: bytes go to its file's name with `.partial` behind it. */
export interface Draft {
  readonly id: string
  /** Name the file will have, beside its manifest. */
  readonly file: string
  /** Throws `SHELF_FULL` (space) when the disk is full; waits for the disk otherwise. */
  write(bytes: Uint8Array): Promise<void>
  /**
   * fsync, rename, fsync of the folder, checksum file, then the manifest. Only now does the backup exist. Returns the
   * manifest with its number in the order of the shelf.
   */
  publish(manifest: Manifest): Promise<Manifest>
  /** Removes the partial file. */
  discard(): Promise<void>
  /** Moves the partial file to `.quarantine` and says where it is. */
  quarantine(): Promise<string>
}

/** A manifest, or why what lies in its place is none. */
export type ReadManifest = { readonly manifest: Manifest } | { readonly reason: string }

/** What an earlier run left behind and what became of it. */
export interface Leftover {
  readonly file: string
  readonly bytes: number
  /**
   * `removed` for unfinished files; `quarantined` for a finished file without its manifest; `trashed` and `erased` for a
   * backup on its way into the trash, or out of it for good.
   */
  readonly fate: 'removed' | 'quarantined' | 'trashed' | 'erased'
}

/** A backup on the shelf, or what is left of one. */
export interface ShelfEntry {
  readonly manifest: Manifest
  /** Absolute path of the file. */
  readonly path: string
  /** Whether the file is there with the size the manifest says. */
  readonly present: boolean
}

/** A backup on the shelf, in brief. */
export interface CatalogEntry {
  readonly manifest: BackupBrief
  /** Absolute path of the file. */
  readonly path: string
  /** Whether the file is there with the size the manifest says. */
  readonly present: boolean
  /** When bytes of the file were last written, RFC 3339 UTC by the clock of its disk; absent where it is not there. */
  readonly writtenAt?: string
}

/** What a shelf holds, newest first, and the manifests that could not be read. */
export interface Catalog {
  readonly entries: readonly CatalogEntry[]
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
}

/** A stream that was put down on the shelf. */
export interface Spooled {
  readonly path: string
  readonly discard: () => Promise<void>
}

/** Who moves backups to the trash, and when. */
export interface Removal {
  readonly at: Date
  /** The command as the operator knows it. */
  readonly command: string
}

/** A backup in the trash. */
export interface Trashed {
  readonly id: string
  /** Bytes of its file; 0 where there was none. */
  readonly bytes: number
  /** What is in it, as its file tells; absent where there was none. */
  readonly content?: BackupContent
  /** RFC 3339 UTC; absent where the record of its removal is lost. */
  readonly removedAt?: string
}

/** Where a target's backups lie. Throws `SHELF_UNREADABLE`, `SHELF_UNWRITABLE` (environment) with path and needed mode. */
export interface Shelf {
  /** The folder, absolute. */
  readonly folder: string
  /** Makes the folders (0700) and proves that a file can be written and synced. */
  prepare(): Promise<void>
  draft(at: Date, safety: boolean, form: BackupForm): Promise<Draft>
  /** Every backup with a readable manifest, newest first. */
  list(): Promise<readonly ShelfEntry[]>
  /** The same in brief, quickly also where there are thousands. */
  catalog(): Promise<Catalog>
  /** The manifest of a backup, also of one in the trash; nothing where there is none that can be read. */
  manifest(id: string): Promise<Manifest | undefined>
  /** What lies under the name of a backup's manifest beside its file: the manifest, or why it is none; nothing where nothing lies there. */
  manifestBeside(id: string): Promise<ReadManifest | undefined>
  /** Manifests that could not be read: never deleted, always named. */
  unreadable(): Promise<readonly { readonly file: string; readonly reason: string }[]>
  /** File bytes, from the start. Throws `BACKUP_NOT_FOUND` (not-found). */
  read(path: string): AsyncIterable<Uint8Array>
  /** Writes a judgement, held against the trust that the manifest has by now (`judged`), and points the link to the newest anew. */
  judge(id: string, trust: Trust, at: Date, judgement: string): Promise<void>
  /**
   * Writes what was learned of a backup later into its manifest, also of one in the trash; the rest of it stays. Throws
   * `BACKUP_NOT_FOUND`.
   */
  annotate(id: string, annotation: Annotation): Promise<void>
  /**
   * Moves backups (file, manifest, checksum) to the trash. What is to be moved is written down first: a run killed on the
   * way leaves each backup whole or on its way, and the next `sweep` finishes that. Call it under the lock. Throws
   * `BACKUP_NOT_FOUND` (not-found) before anything is moved.
   */
  remove(ids: readonly string[], removal: Removal): Promise<void>
  /** What is in the trash. */
  trash(): Promise<readonly Trashed[]>
  /** Ids of what a killed run left on its way into the trash, or out of it for good: `sweep` ends that. */
  unfinished(): Promise<readonly string[]>
  /**
   * Puts backups back from the trash; tells which (those that are erased, or were never moved, cannot be). Call it under
   * the lock. Throws `BACKUP_EXISTS` (refused) where another backup has the name by now.
   */
  bringBack(ids: readonly string[]): Promise<readonly string[]>
  /** Deletes what is in the trash, for good. Call it under the lock. */
  erase(ids: readonly string[]): Promise<void>
  /**
   * Puts a small file beside the backups, whole or not at all, in place of one of that name; the same bytes are left as
   * they are. What belongs to a backup has a name that begins with its id and a dot.
   */
  lay(name: string, bytes: Uint8Array): Promise<void>
  /** The same for a file of the whole shelf, above the folders of its targets. */
  layAbove(name: string, bytes: Uint8Array): Promise<void>
  /** Deals with what a killed run left; call it under the lock. */
  sweep(): Promise<readonly Leftover[]>
  /** Bytes free for us where the shelf is, or will be. */
  freeBytes(): Promise<number>
  /** Stores a stream of unknown origin in a partial file, to be read more than once. */
  spool(source: AsyncIterable<Uint8Array>): Promise<Spooled>
}
