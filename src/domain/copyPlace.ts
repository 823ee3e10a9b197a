import type { Manifest } from './manifest.js'
import type { RetentionPolicy } from './retention/policy.js'
import type { SecretReference } from './secret.js'

/** What stays at a place. */
export interface PlaceKeeping {
  /** A policy of its own; absent: that of the shelf, and where that has none either nothing is removed. */
  readonly retention?: RetentionPolicy
  /** Nothing is ever removed from it: something else does that, or nothing does. */
  readonly prune?: false
}

/** A folder on another disk of this machine, or on a network drive. */
export interface DirectoryPlace extends PlaceKeeping {
  readonly name: string
  readonly type: 'directory'
  /** Absolute path. */
  readonly path: string
  /** Whether the folder must lie on a disk that is mounted there: an empty mount point would fill the machine's own disk. */
  readonly requireMount: boolean
}

/** How long what is written may be neither changed nor removed, by nobody (`compliance`) or only with a special right. */
export interface ObjectLock {
  readonly mode: 'governance' | 'compliance'
  readonly days: number
}

/** A bucket of a service that speaks S3. */
export interface S3Place extends PlaceKeeping {
  readonly name: string
  readonly type: 's3'
  readonly bucket: string
  /** Address of the service; absent means AWS. */
  readonly endpoint?: string
  readonly region: string
  /** What every key begins with: empty, or ending in a slash. */
  readonly prefix: string
  /** Of the archives; manifests must be readable at once. */
  readonly storageClass?: string
  readonly objectLock?: ObjectLock
  readonly accessKeyId: SecretReference
  readonly secretAccessKey: SecretReference
  /** Whether the bucket is a part of the path instead of the host name. */
  readonly forcePathStyle: boolean
}

/** A place that backups are copied to, as `ops.yaml` describes it. */
export type CopyPlaceSettings = DirectoryPlace | S3Place

/** A manifest as it travels with a copy: what became of other copies is the shelf's business alone. */
export function travelling(manifest: Manifest): Manifest {
  const { copies, ...rest } = manifest
  return copies === undefined ? manifest : rest
}
