import type { OplogContents, Optime } from './contents.js'
import type { Manifest } from './manifest.js'

/** The point in the history of a server that a backup, or a stretch of slices, is of. */
export interface RestorePoint {
  /** The last entry of the oplog that is in it; or the second in which it was begun, where that is not known. */
  readonly at: Optime
  /** Whether it is that very entry: a dump without its oplog also has some of what was written after it was begun. */
  readonly exact: boolean
  /** SHA-256 of that entry, where it is known. */
  readonly entry?: string
}

/** What tells the point that a backup is of: what is in it, and its manifest where it has one. */
export interface DatedBackup {
  readonly oplog?: OplogContents | undefined
  readonly manifest?: Pick<Manifest, 'takenAt' | 'consistentAt' | 'dataFiles'> | undefined
}

/** The point that a backup is of; nothing where neither its oplog nor a manifest tells. */
export function restorePointOf({ oplog, manifest }: DatedBackup): RestorePoint | undefined {
  const { last, lastEntry } = oplog ?? {}
  if (last)
    return { at: last, exact: true, ...(lastEntry === undefined ? {} : { entry: lastEntry }) }
  if (!manifest) return undefined
  const { takenAt, consistentAt = takenAt, dataFiles } = manifest
  if (dataFiles?.lastWrite) return { at: dataFiles.lastWrite, exact: true }
  const seconds = Math.floor(Date.parse(consistentAt) / 1000)
  return { at: { seconds, ordinal: 0 }, exact: false }
}
