import type { Manifest } from '../domain/manifest.js'
import type { SliceManifest } from '../domain/oplog/slice.js'
import type { SliceHoldings } from './slices.js'

/** A backup that is to be copied: its manifest, and its file's bytes from the start, once for each call. */
export interface CopySource {
  readonly manifest: Manifest
  readonly read: () => AsyncIterable<Uint8Array>
  /** Its recovery kit, which `manifest.kit` names; absent where it has none. */
  readonly kit?: Uint8Array
  /** How to restore without ops: beside the backups of the target, and above the folders of all targets. */
  readonly guides?: { readonly beside?: Uint8Array; readonly above?: Uint8Array }
  /** Also where a whole copy seems to be there already: that one is known to be damaged. */
  readonly anew?: boolean
}

/** A file of a target's slices: a slice, or a paper of one. */
export interface PlacedFile {
  readonly target: string
  /** Its name in the folder of the slices. */
  readonly name: string
  readonly bytes: number
  readonly sha256: string
  readonly read: () => AsyncIterable<Uint8Array>
}

/** Who watches a copy, and what may end it. */
export interface CopyWatch {
  readonly signal: AbortSignal
  /** Bytes of the file that are dealt with so far. */
  readonly progress: (bytes: number) => void
}

/** What came of bringing a backup to a place. */
export interface PutResult {
  /** `there`: it was there already, so nothing was sent. */
  readonly done: 'copied' | 'there'
  /** What was checked, and how, in words. */
  readonly because: string
  /** Bytes of the file that an interrupted earlier attempt had brought already. */
  readonly resumedBytes: number
}

/** A copy at a place. */
export interface CopyEntry {
  readonly manifest: Manifest
  /** Whether the file is there with the size the manifest says. */
  readonly present: boolean
}

/** What a place holds of one target. */
export interface CopyList {
  /** Newest first. */
  readonly entries: readonly CopyEntry[]
  /** Manifests that could not be read: never deleted, always named. */
  readonly unreadable: readonly { readonly file: string; readonly reason: string }[]
  /** Ids whose removal was begun, and cut off: `sweep` ends that. */
  readonly unfinished: readonly string[]
  /** When it was listed, RFC 3339 UTC, where it is remembered; absent: when it was asked for. */
  readonly listedAt?: string
}

/** What a place said when it was tried. */
export interface CopyProbe {
  /** Whether what lies there survives the loss of this machine. */
  readonly elsewhere: boolean
  /** Why, in words. */
  readonly because: string
  /** Number of the file system, where the place is a folder. */
  readonly device?: number
  /** Bytes free for us, where the place has a limit that can be asked for. */
  readonly freeBytes?: number
  /** What works but should not stay so. */
  readonly doubts: readonly string[]
}

/**
 * A place elsewhere that keeps copies of backups. Every method but `name`, `type` and `where` may throw why the place
 * cannot be used: `COPY_NOT_MOUNTED`, `COPY_UNWRITABLE`, `COPY_BROKEN`, `COPY_EXPOSED`, and for a service
 * `COPY_UNREACHABLE`, `COPY_KEY_REFUSED`, `COPY_DENIED`, `COPY_BUCKET_MISSING`, `COPY_CLOCK_SKEW`, `COPY_REFUSED`.
 */
export interface CopyPlace {
  readonly name: string
  readonly type: 'directory' | 's3'
  /** The place in words that a person recognises: a path, or bucket and service. Holds no secret. */
  readonly where: string
  /**
   * Brings a backup with its kit and the guides, manifest last: while that is not there, no copy is. A whole copy that is
   * there already is left as it is; a kit that it lacks is brought. Throws `COPY_SOURCE_CHANGED`, `COPY_DAMAGED` (integrity), `COPY_CONFLICT` (refused) where another backup has that
   * id there, `COPY_FULL` (space), and the signal's reason.
   */
  put(source: CopySource, watch: CopyWatch): Promise<PutResult>
  list(target: string, signal: AbortSignal): Promise<CopyList>
  /** The bytes of a copy's file. Throws `COPY_MISSING` (not-found), and the signal's reason. */
  read(manifest: Manifest, signal: AbortSignal): AsyncIterable<Uint8Array>
  /** Reads a copy back to its end. Throws `COPY_MISSING` (not-found), `COPY_DAMAGED` (integrity), and the signal's reason. */
  verify(manifest: Manifest, watch: CopyWatch): Promise<void>
  /**
   * Removes a copy for good: a note that it is being removed, then the manifest (from then on it is not listed), the file and
   * what else it has, the note last. One that is not there is no failure. Throws `COPY_LOCKED` (refused) before anything is
   * removed where a lock on objects forbids it.
   */
  remove(manifest: Manifest, signal: AbortSignal): Promise<void>
  /**
   * Ends removals that were cut off, and tells which. Only what such a note names is touched: a file that lost its manifest in
   * another way may be the last of its kind. A copy whose manifest is still there stays whole. Call it under the lock.
   */
  sweep(target: string, signal: AbortSignal): Promise<readonly string[]>
  /** Names and bytes of the files of slices that lie there; removes what killed runs left half written. */
  slices(target: string, signal: AbortSignal): Promise<ReadonlyMap<string, number>>
  /**
   * Brings a file of slices, which is there whole or not at all, in place of one of that name. It is read back from a folder;
   * a service checks what arrives. Throws `COPY_SOURCE_CHANGED`, `COPY_DAMAGED` (integrity), `COPY_FULL` (space), and the
   * signal's reason.
   */
  bringSlice(file: PlacedFile, watch: CopyWatch): Promise<void>
  /** What lies there of images, by name: bytes, and when it was brought. */
  images(
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, { readonly bytes: number; readonly at: Date }>>
  /** Brings a file of an image, as `bringSlice` does. */
  bringImage(file: Omit<PlacedFile, 'target'>, watch: CopyWatch): Promise<void>
  /** Its bytes. Throws `COPY_MISSING` (not-found), and the signal's reason. */
  readImage(name: string, signal: AbortSignal): AsyncIterable<Uint8Array>
  /** One that is not there is no failure. */
  removeImage(name: string, signal: AbortSignal): Promise<void>
  /** Names of the targets that have backups there, in order: for a host that knows nothing of them. */
  targets(signal: AbortSignal): Promise<readonly string[]>
  /** The recovery kit of a copy, proved by nobody; nothing where it is not there. */
  kit(manifest: Manifest, signal: AbortSignal): Promise<Uint8Array | undefined>
  /** Everything that the papers of slices there say; whether the file of each is there with its size. */
  sliceHoldings(target: string, signal: AbortSignal): Promise<SliceHoldings>
  /** The bytes of a file of slices there. Throws `COPY_MISSING` (not-found), and the signal's reason. */
  readSlice(target: string, name: string, signal: AbortSignal): AsyncIterable<Uint8Array>
  /**
   * Removes a slice for good, its manifest last: one whose removal was cut off is found again. One that is not there is no failure.
   * Throws `COPY_LOCKED` (refused) before anything is removed where a lock on objects forbids it.
   */
  removeSlice(slice: SliceManifest, signal: AbortSignal): Promise<void>
  /** Proves that the place can be reached and written to, with a small object that is removed again. */
  probe(signal: AbortSignal): Promise<CopyProbe>
}
