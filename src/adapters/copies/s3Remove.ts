import { backupForms, fileOf } from '../../domain/backupFile.js'
import { requireBackupId } from '../../domain/backupId.js'
import { Failure } from '../../domain/failure.js'
import type { Manifest } from '../../domain/manifest.js'
import { idOfRemoving, kitOf, removingEnding } from '../shelf/layout.js'
import type { S3Bucket } from './s3Client.js'
import { folderOf, putSmall, sizesIn } from './s3Objects.js'

/**
 * Removes a copy: the note first, the manifest next. In a bucket with versions a removed object keeps its bytes as an old
 * version until a rule of the bucket removes those. Such a bucket would hide a locked object behind a marker, so that it is
 * asked for locks before. Throws `COPY_LOCKED` (refused).
 */
export async function removeObjects(
  bucket: S3Bucket,
  manifest: Manifest,
  now: Date,
  signal: AbortSignal,
): Promise<void> {
  const id = requireBackupId(manifest.id)
  const folder = folderOf(bucket, manifest.target)
  for (const name of [`${id}.json`, manifest.file])
    await requireUnlocked(bucket, `${folder}${name}`, id, now, signal)
  await putSmall(bucket, `${folder}${id}${removingEnding}`, `${id}\n`, {}, signal)
  const kit = manifest.kit === undefined ? [] : [kitOf(id)]
  // Where versions are kept, removing what is not there leaves a marker: only what the copy has is named.
  for (const name of [
    `${id}.json`,
    manifest.file,
    `${id}.sha256`,
    ...kit,
    `${id}${removingEnding}`,
  ])
    await removeObject(bucket, `${folder}${name}`, signal)
}

/** Ends what the notes say was begun; a copy that is still listed only loses its note. Returns the ids that were removed. */
export async function sweepObjects(
  bucket: S3Bucket,
  target: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const folder = folderOf(bucket, target)
  const names = await sizesIn(bucket, target, signal)
  const swept: string[] = []
  for (const id of [...names.keys()].flatMap((name) => idOfRemoving(name) ?? [])) {
    const note = `${id}${removingEnding}`
    const listed = names.has(`${id}.json`)
    const files = backupForms.map((form) => fileOf(id, form))
    const rest = listed
      ? []
      : [...files, `${id}.sha256`, kitOf(id)].filter((name) => names.has(name))
    try {
      for (const name of [...rest, note]) await removeObject(bucket, `${folder}${name}`, signal)
    } catch (error) {
      // A key that may not remove anything could leave a note, and cannot take it away.
      if (!listed || !(error instanceof Failure) || error.code !== 'COPY_DENIED') throw error
    }
    if (!listed) swept.push(id)
  }
  return swept
}

/** Removes an object; one that is not there is no failure. */
export async function removeObject(
  bucket: S3Bucket,
  Key: string,
  signal: AbortSignal,
): Promise<void> {
  const at = { Bucket: bucket.settings.bucket, Key }
  await bucket.find((s3, options) => s3.deleteObject(at, options), signal)
}

/**
 * Throws `COPY_LOCKED` (refused) where a lock holds an object. A key that may not see locks sees none: then the service itself refuses,
 * or keeps the locked version.
 */
export async function requireUnlocked(
  bucket: S3Bucket,
  Key: string,
  id: string,
  now: Date,
  signal: AbortSignal,
): Promise<void> {
  const at = { Bucket: bucket.settings.bucket, Key }
  const object = await bucket.find((s3, options) => s3.headObject(at, options), signal)
  const until = object?.ObjectLockRetainUntilDate
  const why =
    object?.ObjectLockLegalHoldStatus === 'ON'
      ? 'a legal hold'
      : until !== undefined && until > now
        ? `its lock until ${until.toISOString()}`
        : undefined
  if (why === undefined) return
  throw new Failure(
    'refused',
    'COPY_LOCKED',
    `${bucket.where} keeps ${id}: ${why} forbids it to be removed`,
    ['wait until the lock ends: the next prune removes it then'],
  )
}
