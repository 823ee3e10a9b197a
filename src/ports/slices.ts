import type { Optime } from '../domain/contents.js'
import type { Anchor } from '../domain/oplog/base.js'
import type { GapMarker } from '../domain/oplog/gap.js'
import type { Removal } from './shelf.js'
import type { SliceManifest } from '../domain/oplog/slice.js'

/** A slice in the making: bytes go to a name with `.partial` behind it. */
export interface SliceDraft {
  /** Throws `SHELF_FULL` (space) when the disk is full; waits for the disk otherwise. */
  write(bytes: Uint8Array): Promise<void>
  /**
   * fsync, rename, fsync of the folder, then the manifest. Only now does the slice exist. Throws `SLICE_EXISTS` (integrity)
   * where something has its name.
   */
  publish(manifest: SliceManifest): Promise<void>
  /** Removes the partial file. Does nothing after it was published. */
  discard(): Promise<void>
}

/** What lies in the folder, by names alone and the few small papers of the newest timeline. */
export interface SliceState {
  /** Number of the newest timeline; 0 where there was none. */
  readonly timeline: number
  /** The last slice of the newest timeline; absent where it has none. */
  readonly tail?: SliceManifest
  /** Where the first slice of that timeline starts. */
  readonly first?: Optime
  /** Whether something ended that timeline. */
  readonly ended: boolean
  /** The bases that belong to a timeline, whichever. */
  readonly anchors: readonly Anchor[]
}

/** A slice in the trash. */
export interface TrashedSlice {
  readonly id: string
  /** Since when, RFC 3339 UTC; absent where no record says so. */
  readonly removedAt?: string
}

/** What was found wrong with the file of a slice when it was read again. */
export interface SliceDamage {
  /** RFC 3339 UTC. */
  readonly at: string
  readonly because: string
}

/** A slice that has a manifest. */
export interface HeldSlice {
  readonly manifest: SliceManifest
  /** Whether its file is there with the size the manifest says, and nothing was found wrong with it. */
  readonly present: boolean
  readonly damage?: SliceDamage
}

/** What keeps a follower from one of its works. */
export interface FollowerTrouble {
  /** `slices`, `base`, or `copies to PLACE`. */
  readonly about: string
  readonly code: string
  readonly message: string
  /** Since when, RFC 3339 UTC. */
  readonly since: string
}

/** What a follower says of itself. */
export interface FollowerNote {
  readonly pid: number
  readonly host: string
  /** When it was started, RFC 3339 UTC. */
  readonly since: string
  readonly troubles: readonly FollowerTrouble[]
}

/** Everything in the folder, read. */
export interface SliceHoldings {
  readonly slices: readonly HeldSlice[]
  readonly anchors: readonly Anchor[]
  readonly gaps: readonly GapMarker[]
  /** Papers that could not be read: never deleted, always named. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
}

/**
 * Where the slices of a target lie. Throws `SHELF_UNREADABLE`, `SHELF_UNWRITABLE` (environment) with path and needed mode.
 */
export interface Slices {
  /** The folder, absolute. */
  readonly folder: string
  /** Makes the folder (0700), and deals with what a killed run left; tells what. Call it under the lock. */
  prepare(): Promise<readonly string[]>
  /** Throws `SLICES_UNREADABLE` (integrity) where a paper that decides how to go on cannot be read. */
  state(): Promise<SliceState>
  holdings(): Promise<SliceHoldings>
  draft(timeline: number): Promise<SliceDraft>
  /** Writes down that a timeline ended. What is written down once stays. */
  mark(gap: GapMarker): Promise<void>
  /** Writes down that a base lies on a timeline. */
  anchor(anchor: Anchor): Promise<void>
  /**
   * Moves slices to the trash. What is to be moved is written down first, and a run that is killed on the way is finished by
   * `prepare`. Call it under the lock of the slices.
   */
  remove(ids: readonly string[], removal: Removal): Promise<void>
  /** Puts slices back from the trash; tells which. Call it under the lock of the slices. */
  bringBack(ids: readonly string[]): Promise<readonly string[]>
  /** What is in the trash. */
  trash(): Promise<readonly TrashedSlice[]>
  /** Deletes slices from the trash, for good. */
  erase(ids: readonly string[]): Promise<void>
  /** Writes down what is wrong with a slice, which counts as absent from then on; with nothing, that all is well again. */
  judge(id: string, damage: SliceDamage | undefined): Promise<void>
  /**
   * Puts other bytes in place of the file of a slice, whole or not at all, and forgets what was wrong with it. Throws
   * `SLICE_DAMAGED` (integrity) where they are not what the manifest says, and what the bytes throw.
   */
  replace(slice: SliceManifest, bytes: AsyncIterable<Uint8Array>): Promise<void>
  /** Writes down what a follower says of itself; with nothing, that it ended. */
  note(follower: FollowerNote | undefined): Promise<void>
  /** What the last follower said, and whether its process is certainly gone; nothing where none runs, or none can be read. */
  follower(): Promise<(FollowerNote & { readonly gone: boolean }) | undefined>
  /** The bytes of a slice's file, from the start. Throws `BACKUP_NOT_FOUND` (not-found). */
  read(slice: Pick<SliceManifest, 'file'>): AsyncIterable<Uint8Array>
}
