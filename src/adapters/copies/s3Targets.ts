import { isBackupId } from '../../domain/backupId.js'
import type { Manifest } from '../../domain/manifest.js'
import { idOfManifest, kitOf } from '../shelf/layout.js'
import type { S3Bucket } from './s3Client.js'
import { folderOf, sizesIn } from './s3Objects.js'

/** What the bucket has below its prefix, folder by folder, as far as it holds a manifest. */
export async function targetsInBucket(
  bucket: S3Bucket,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { prefix } = bucket.settings
  const found: string[] = []
  let ContinuationToken: string | undefined
  do {
    const request = {
      Bucket: bucket.settings.bucket,
      Prefix: prefix,
      Delimiter: '/',
      ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
    }
    const page = await bucket.send((s3, options) => s3.listObjectsV2(request, options), signal)
    for (const { Prefix = '' } of page.CommonPrefixes ?? [])
      found.push(Prefix.slice(prefix.length, -1))
    ContinuationToken = page.NextContinuationToken
  } while (ContinuationToken !== undefined)
  const targets: string[] = []
  for (const name of found.toSorted()) {
    if (name.startsWith('.')) continue
    const names = [...(await sizesIn(bucket, name, signal)).keys()]
    if (names.some((file) => isBackupId(idOfManifest(file) ?? ''))) targets.push(name)
  }
  return targets
}

/** The kit beside a copy; nothing where there is none. */
export async function kitInBucket(
  bucket: S3Bucket,
  { target, id }: Manifest,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const Key = `${folderOf(bucket, target)}${kitOf(id)}`
  const at = { Bucket: bucket.settings.bucket, Key }
  return bucket.find(
    async (s3, options) => (await s3.getObject(at, options)).Body?.transformToByteArray(),
    signal,
  )
}
