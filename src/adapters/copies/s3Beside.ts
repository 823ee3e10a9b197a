import { createHash } from 'node:crypto'
import type { CopySource } from '../../ports/copies.js'
import { guideName, kitOf } from '../shelf/layout.js'
import type { S3Bucket } from './s3Client.js'
import { folderOf, putSmall } from './s3Objects.js'
import { plainEtag } from './s3Parts.js'
import type { ObjectTraits } from './s3Upload.js'

/** Brings the recovery kit, checked by its MD5 on arrival, and the guides where they changed; those are never locked. */
export async function putBeside(
  bucket: S3Bucket,
  { manifest: { id, target }, kit, guides = {} }: CopySource,
  lock: ObjectTraits,
  signal: AbortSignal,
): Promise<void> {
  const folder = folderOf(bucket, target)
  if (kit) await putSmall(bucket, `${folder}${kitOf(id)}`, kit, lock, signal)
  const { beside, above } = guides
  if (beside) await lay(bucket, `${folder}${guideName}`, beside, signal)
  if (above) await lay(bucket, `${bucket.settings.prefix}${guideName}`, above, signal)
}

/** Whether the kit that is to be brought is not there. */
export async function lacksKit(
  bucket: S3Bucket,
  { manifest, kit }: CopySource,
  signal: AbortSignal,
): Promise<boolean> {
  if (kit === undefined) return false
  const Key = `${folderOf(bucket, manifest.target)}${kitOf(manifest.id)}`
  return (await objectAt(bucket, Key, signal))?.ContentLength !== kit.length
}

async function lay(
  bucket: S3Bucket,
  Key: string,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  const etag = plainEtag((await objectAt(bucket, Key, signal))?.ETag)
  if (etag === createHash('md5').update(bytes).digest('hex')) return
  await putSmall(bucket, Key, bytes, {}, signal)
}

function objectAt(bucket: S3Bucket, Key: string, signal: AbortSignal) {
  const at = { Bucket: bucket.settings.bucket, Key }
  return bucket.find((s3, options) => s3.headObject(at, options), signal)
}
