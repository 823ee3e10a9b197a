import type { S3Bucket } from './s3Client.js'

/** A part that an earlier attempt brought. */
export interface PartThere {
  readonly etag: string
  readonly bytes: number
}

/** An upload that was begun and not completed. */
interface OpenUpload {
  readonly key: string
  readonly uploadId: string
  readonly begunAt: Date
}

/**
 * The newest unfinished upload of a key and the parts it has; older ones of the same key are given up. Only under the
 * target's lock: nobody else uploads to that key then.
 */
export async function resumableUpload(
  bucket: S3Bucket,
  key: string,
  signal: AbortSignal,
): Promise<{ readonly uploadId?: string; readonly parts: ReadonlyMap<number, PartThere> }> {
  const open = (await openUploads(bucket, key, signal))
    .filter((upload) => upload.key === key)
    .sort((one, other) => other.begunAt.getTime() - one.begunAt.getTime())
  const [newest, ...older] = open
  for (const upload of older) await giveUp(bucket, upload, signal)
  if (!newest) return { parts: new Map() }
  return { uploadId: newest.uploadId, parts: await partsOf(bucket, newest, signal) }
}

/** Milliseconds after which an unfinished upload is taken for abandoned: what nobody completed costs money every month. */
const abandonedAfter = 7 * 24 * 3600 * 1000

/** Gives up uploads below a prefix whose key is one of ours and that were begun more than a week ago. */
export async function giveUpAbandoned(
  bucket: S3Bucket,
  prefix: string,
  isOurs: (key: string) => boolean,
  now: Date,
  signal: AbortSignal,
): Promise<void> {
  const oldest = now.getTime() - abandonedAfter
  for (const upload of await openUploads(bucket, prefix, signal)) {
    if (isOurs(upload.key) && upload.begunAt.getTime() < oldest)
      await giveUp(bucket, upload, signal)
  }
}

async function openUploads(
  bucket: S3Bucket,
  prefix: string,
  signal: AbortSignal,
): Promise<readonly OpenUpload[]> {
  const found: OpenUpload[] = []
  let from: { readonly KeyMarker?: string; readonly UploadIdMarker?: string } = {}
  for (;;) {
    const request = { Bucket: bucket.settings.bucket, Prefix: prefix, ...from }
    const page = await bucket.send(
      (s3, options) => s3.listMultipartUploads(request, options),
      signal,
    )
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      if (Key !== undefined && UploadId !== undefined)
        found.push({ key: Key, uploadId: UploadId, begunAt: Initiated ?? new Date(0) })
    }
    const { NextKeyMarker, NextUploadIdMarker } = page
    if (page.IsTruncated !== true || NextKeyMarker === undefined) return found
    from = {
      KeyMarker: NextKeyMarker,
      ...(NextUploadIdMarker === undefined ? {} : { UploadIdMarker: NextUploadIdMarker }),
    }
  }
}

async function partsOf(
  bucket: S3Bucket,
  { key, uploadId }: OpenUpload,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, PartThere>> {
  const parts = new Map<number, PartThere>()
  let marker: string | undefined
  for (;;) {
    const request = {
      Bucket: bucket.settings.bucket,
      Key: key,
      UploadId: uploadId,
      ...(marker === undefined ? {} : { PartNumberMarker: marker }),
    }
    const page = await bucket.send((s3, options) => s3.listParts(request, options), signal)
    for (const { PartNumber, ETag, Size } of page.Parts ?? []) {
      if (PartNumber !== undefined && ETag !== undefined && Size !== undefined)
        parts.set(PartNumber, { etag: ETag, bytes: Size })
    }
    marker = page.NextPartNumberMarker
    if (page.IsTruncated !== true || marker === undefined) return parts
  }
}

/** One that is gone by itself is as good as given up. */
async function giveUp(bucket: S3Bucket, upload: OpenUpload, signal: AbortSignal): Promise<void> {
  const request = { Bucket: bucket.settings.bucket, Key: upload.key, UploadId: upload.uploadId }
  await bucket.find((s3, options) => s3.abortMultipartUpload(request, options), signal)
}
