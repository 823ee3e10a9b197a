import type { ComposeDocument } from '../domain/composeDocument.js'
import type { Stack, Target } from '../domain/target.js'
import type { CopyPlace } from './copies.js'
import type { NumberedWrites } from './numberedWrites.js'
import type { ShelfEntry } from './shelf.js'
import type { World } from './world.js'

/** What the engine's machine has left. */
export interface Room {
  readonly freeBytes: number
  readonly freeMemoryBytes: number
}

/** An isolated clone of some services: nothing in it is shared with the real stack but what is mounted read-only. */
export interface Clone {
  readonly project: string
  readonly stack: Stack
  /** Its own world: own shelf, slices, receipts and locks, and the compose project of the clone. */
  readonly world: World
  readonly writes: NumberedWrites
  /** A folder of this machine for whatever is built again after `vanish`; goes with the clone. Absolute, and may not be there yet. */
  readonly bareFolder: string
  /** A place of the clone's own that copies lie at: the only thing of it that `vanish` leaves. */
  readonly place: CopyPlace
  /** Bytes free where its shelf is. */
  freeBytes(): Promise<number>
  /**
   * Puts a backup of the real shelf on the clone's, under the same name: as another name of the same file where the file
   * system can, else as a copy. Throws `SHELF_FULL` (space), and the signal's reason.
   */
  lend(target: Target, entry: ShelfEntry, signal: AbortSignal): Promise<void>
  /** Puts a backup of the real shelf with its kit at the clone's own place, as `lend` does on its shelf. Throws what that throws. */
  copyAway(target: Target, entry: ShelfEntry, signal: AbortSignal): Promise<void>
  /** Removes the containers, volumes and networks, and everything that the clone wrote: shelf, slices, records. */
  vanish(): Promise<void>
  /** Ends the container of a service with SIGKILL. Throws `NOT_A_CLONE` (refused) for whatever is not of this clone. */
  kill(service: string): Promise<void>
  /** Removes the container of a service, its named volumes stay. Throws `NOT_A_CLONE` (refused). */
  takeAway(service: string): Promise<void>
  /**
   * Overwrites half of each of the largest files of collections on the volume of a service, whose container must not run; gives
   * their names. Throws `NOT_A_CLONE` (refused), `DAMAGE_FAILED` (failed).
   */
  damage(target: Target, service: string, signal: AbortSignal): Promise<readonly string[]>
  /** Deletes documents of the largest collection of these databases through the driver, by one `deleteMany`; gives how many. */
  deleteMany(
    target: Target,
    from: { readonly databases: readonly string[]; readonly except: string },
    signal: AbortSignal,
  ): Promise<{ readonly namespace: string; readonly documents: number }>
  /** Removes containers, volumes, networks and the folder; may be called again, and where nothing is there. */
  remove(): Promise<void>
}

/** Where isolated clones are made. Everything may throw `ENGINE_UNREACHABLE` (environment). */
export interface Laboratory {
  /** Removes what killed drills of this machine left, folders included; gives names. */
  sweep(): Promise<readonly string[]>
  /** The compose project of a stack, written out. Throws what compose throws. */
  document(stack: Stack): Promise<ComposeDocument>
  /** Throws `OWN_CONTAINER_FAILED` (environment), `ROOM_UNKNOWN` (environment). `image` is that of a server. */
  room(target: Target, image: string, signal: AbortSignal): Promise<Room>
  /** A name that no project has, and the labels that everything of it must bear. */
  name(target: Target): Promise<{
    readonly project: string
    readonly labels: Readonly<Record<string, string>>
  }>
  /** The clone that a document describes; makes its folder, starts nothing. */
  open(document: ComposeDocument, stack: Stack): Promise<Clone>
}
