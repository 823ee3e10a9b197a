import type { KeptWritesManifest } from '../domain/keptWrites.js'

/** A file of writes in the making, under a name with `.partial` behind it. */
export interface KeptWritesDraft {
  /** Throws `SHELF_FULL` (space) when the disk is full. */
  write(bytes: Uint8Array): Promise<void>
  /** Gives the file its name, then writes the manifest: only now is it there. */
  publish(manifest: KeptWritesManifest): Promise<void>
  /** Removes what was written. Does nothing after it was published. */
  discard(): Promise<void>
}

/** What lies in the folder. */
export interface KeptWritesHoldings {
  /** Oldest first. */
  readonly kept: readonly KeptWritesManifest[]
  /** Papers that cannot be read: never deleted, always named. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
}

/**
 * Where the writes lie that restores of a target discarded. Throws `SHELF_UNREADABLE`, `SHELF_UNWRITABLE` (environment).
 */
export interface KeptWrites {
  /** The folder, absolute. */
  readonly folder: string
  /** Opens the file of an id; makes the folder (0700), and removes what a killed run left half written. */
  draft(id: string): Promise<KeptWritesDraft>
  holdings(): Promise<KeptWritesHoldings>
  /** The bytes of a file, from the start. Throws `BACKUP_NOT_FOUND` (not-found). */
  read(kept: Pick<KeptWritesManifest, 'file'>): AsyncIterable<Uint8Array>
  /** Deletes a file and its manifest, for good. */
  erase(kept: Pick<KeptWritesManifest, 'id' | 'file'>): Promise<void>
}
