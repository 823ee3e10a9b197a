import type { Optime } from './contents.js'

/** What a restore has to know of the server whose data files were copied; kept in the manifest of the copy. */
export interface DataFilesFacts {
  /** Image of the container, by name and by id. */
  readonly image: string
  readonly imageId: string
  /** Folder of the data files inside the container. */
  readonly dbPath: string
  /** `6.0`: what the files are compatible with (`featureCompatibilityVersion`). */
  readonly featureCompatibilityVersion: string
  readonly directoryPerDatabase: boolean
  readonly directoryForIndexes: boolean
  /** Host names of the members of the replica set, as it is configured; empty on a standalone. */
  readonly members: readonly string[]
  /** Owner and permission bits of the folder, as numbers inside the container. */
  readonly owner: { readonly user: number; readonly group: number; readonly mode: number }
  /** Files in the copy, folders left out. */
  readonly files: number
  /** Seconds during which no write went through. */
  readonly lockSeconds: number
  /**
   * Namespaces (`database.collection`) whose documents were not counted one by one: what the manifest says of them is the
   * server's own count, which a crash puts wrong. Absent: nothing was counted, by a release that did not yet.
   */
  readonly estimated?: readonly string[]
  /** The newest write under the lock; absent on a standalone, and from a release that did not look. */
  readonly lastWrite?: Optime
  /** Up to here writes were journaled by then: a server that is started on the files drops later ones, unless it is told. */
  readonly journaled?: Optime
}

/**
 * Whether a server that is started on a copy would drop its last writes, or may: it does so with what it had not journaled,
 * as after a power cut. A standalone keeps everything that is in its files.
 */
export function mayDropWrites({
  members,
  lastWrite,
  journaled,
}: Pick<DataFilesFacts, 'members' | 'lastWrite' | 'journaled'>): boolean {
  if (members.length === 0) return false
  if (!lastWrite || !journaled) return true
  return lastWrite.seconds !== journaled.seconds || lastWrite.ordinal !== journaled.ordinal
}

/**
 * What was done to a data volume: the files that a restore replaced stay beside the new ones, in a folder of the volume.
 * Both can be exchanged any number of times, until that folder is forgotten.
 */
export interface DataFilesExchange {
  /** Folder inside the data folder that holds what was exchanged. */
  readonly folder: string
  /** Which of the two this procedure put in place. */
  readonly inPlace: 'restored' | 'before'
  /** Whether the files before are damaged: a server need not come up on them. */
  readonly damagedBefore?: boolean
  /** Whether the folder was removed since: there is no way back then. */
  readonly forgotten?: boolean
}

/** So many lines of tar are kept to be judged; where there are as many, nobody has seen all of them. */
export const mostTarLines = 1000
