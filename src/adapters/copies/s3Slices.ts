import type { CopyWatch, PlacedFile } from '../../ports/copies.js'
import type { S3Bucket } from './s3Client.js'
import { folderOf, putSmall, sizesIn } from './s3Objects.js'
import { PassingBytes, sourceChanged } from './sameBytes.js'
import { uploadFile, type ObjectTraits } from './s3Upload.js'

/** What the names of slices begin with, below the folder of a target. */
const below = 'oplog/'

/** Bytes up to which a file is sent in one request, out of memory. */
const small = 8 * 1024 * 1024

/** Names and bytes of what lies in the bucket of a target's slices. */
export async function slicesInBucket(
  bucket: S3Bucket,
  target: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const all = await sizesIn(bucket, target, signal)
  return new Map(
    [...all]
      .filter(([name]) => name.startsWith(below))
      .map(([name, bytes]) => [name.slice(below.length), bytes]),
  )
}

/** Sends a file: each request with its MD5, by which the service checks what arrived. */
export async function bringSliceToBucket(
  bucket: S3Bucket,
  file: PlacedFile,
  traits: ObjectTraits,
  watch: CopyWatch,
): Promise<void> {
  const { target, name, bytes, sha256, read } = file
  const key = `${folderOf(bucket, target)}${below}${name}`
  const manifest = { id: name, bytes, sha256 }
  if (bytes > small) {
    await uploadFile(bucket, key, { manifest, read }, traits, watch)
    return
  }
  const passing = new PassingBytes()
  const parts: Uint8Array[] = []
  for await (const chunk of read()) {
    watch.signal.throwIfAborted()
    passing.feed(chunk)
    if (passing.bytes <= bytes) parts.push(chunk)
  }
  const difference = passing.difference(manifest)
  if (difference !== undefined) throw sourceChanged(name, difference)
  await putSmall(bucket, key, Buffer.concat(parts), traits, watch.signal)
}
