import type { StorageClass } from '@aws-sdk/client-s3'
import { Failure } from '../../domain/failure.js'
import type { Manifest } from '../../domain/manifest.js'
import type { CopySource, CopyWatch } from '../../ports/copies.js'
import { damaged, PassingBytes, sourceChanged } from './sameBytes.js'
import type { S3Bucket } from './s3Client.js'
import { cutParts, etagOf, isComparable, partBytes, plainEtag, type Part } from './s3Parts.js'
import { resumableUpload, type PartThere } from './s3Uploads.js'

/** Parts on their way at once. Memory is so many parts and one more. */
const atOnce = 3

/** A file that is sent, and what its paper says of it. */
export interface SentFile extends Pick<CopySource, 'read'> {
  readonly manifest: Pick<Manifest, 'id' | 'bytes' | 'sha256'>
}

/** What of an object is decided when its upload begins. */
export interface ObjectTraits {
  readonly StorageClass?: StorageClass
  readonly ObjectLockMode?: 'GOVERNANCE' | 'COMPLIANCE'
  readonly ObjectLockRetainUntilDate?: Date
}

/**
 * Brings a file in parts. Each part is sent with its MD5, by which the service checks what arrived; parts that an
 * interrupted attempt left are not sent again if their MD5 agrees. The upload is completed only if the whole file had the
 * SHA-256 of the manifest; then size and ETag of the object are compared. Returns the bytes that were there before. What
 * was brought stays for the next attempt, whatever happens. Throws `COPY_SOURCE_CHANGED`, `COPY_DAMAGED` (integrity).
 */
export async function uploadFile(
  bucket: S3Bucket,
  key: string,
  source: SentFile,
  traits: ObjectTraits,
  watch: CopyWatch,
): Promise<{ readonly resumedBytes: number; readonly because: string }> {
  const { manifest } = source
  const at = { Bucket: bucket.settings.bucket, Key: key }
  const { uploadId, parts } = await resumableUpload(bucket, key, watch.signal)
  const UploadId = uploadId ?? (await beginUpload(bucket, at, traits, watch.signal))
  const upload = new RunningUpload(bucket, { ...at, UploadId }, parts, watch)
  const difference = await upload.send(source)
  if (difference !== undefined) {
    await bucket.send(
      (s3, options) => s3.abortMultipartUpload({ ...at, UploadId }, options),
      watch.signal,
    )
    throw sourceChanged(manifest.id, difference)
  }
  await upload.complete()
  const because = await requireArrived(bucket, at, manifest, upload.etag(), watch.signal)
  return { resumedBytes: upload.resumedBytes, because }
}

interface ObjectAt {
  readonly Bucket: string
  readonly Key: string
}

async function beginUpload(
  bucket: S3Bucket,
  at: ObjectAt,
  traits: ObjectTraits,
  signal: AbortSignal,
): Promise<string> {
  const { UploadId } = await bucket.send(
    (s3, options) => s3.createMultipartUpload({ ...at, ...traits }, options),
    signal,
  )
  if (UploadId !== undefined) return UploadId
  throw new Failure('failed', 'COPY_REFUSED', `${bucket.where} began an upload without a name`, [
    'ops backup copy',
  ])
}

/** The parts of one upload on their way. */
class RunningUpload {
  resumedBytes = 0
  readonly #md5s: Buffer[] = []
  readonly #etags: string[] = []
  readonly #running = new Set<Promise<void>>()
  #failed: { readonly error: unknown } | undefined
  #settled = 0

  constructor(
    private readonly bucket: S3Bucket,
    private readonly at: ObjectAt & { readonly UploadId: string },
    private readonly there: ReadonlyMap<number, PartThere>,
    private readonly watch: CopyWatch,
  ) {}

  /** Sends what is not there. Returns how the file differs from its manifest, if it does. */
  async send({ manifest, read }: SentFile): Promise<string | undefined> {
    const passing = new PassingBytes()
    for await (const part of cutParts(read(), partBytes(manifest.bytes))) {
      this.watch.signal.throwIfAborted()
      passing.feed(part.bytes)
      this.#md5s.push(part.md5)
      if (this.#isThere(part)) continue
      while (this.#running.size >= atOnce) await Promise.race(this.#running)
      if (this.#failed) break
      this.#start(part)
    }
    await Promise.all(this.#running)
    if (this.#failed) throw this.#failed.error
    return passing.difference(manifest)
  }

  async complete(): Promise<void> {
    const Parts = this.#etags.map((ETag, index) => ({ ETag, PartNumber: index + 1 }))
    const request = { ...this.at, MultipartUpload: { Parts } }
    // An answer that was lost on its way leaves a completed upload, which the second try does not find any more: whether
    // the object is there is looked at afterwards in any case.
    await this.bucket.find(
      (s3, options) => s3.completeMultipartUpload(request, options),
      this.watch.signal,
    )
  }

  etag(): string {
    return etagOf(this.#md5s)
  }

  #isThere({ number, bytes, md5 }: Part): boolean {
    const found = this.there.get(number)
    if (found?.bytes !== bytes.length || plainEtag(found.etag) !== md5.toString('hex')) return false
    this.#etags[number - 1] = found.etag
    this.resumedBytes += bytes.length
    this.#settle(bytes.length)
    return true
  }

  #start(part: Part): void {
    const sending = this.#sendPart(part)
      .catch((error: unknown) => {
        this.#failed ??= { error }
      })
      .finally(() => this.#running.delete(sending))
    this.#running.add(sending)
  }

  async #sendPart({ number, bytes, md5 }: Part): Promise<void> {
    const request = {
      ...this.at,
      PartNumber: number,
      Body: bytes,
      ContentLength: bytes.length,
      ContentMD5: md5.toString('base64'),
    }
    const { ETag = '' } = await this.bucket.send(
      (s3, options) => s3.uploadPart(request, options),
      this.watch.signal,
    )
    this.#etags[number - 1] = ETag
    this.#settle(bytes.length)
  }

  #settle(bytes: number): void {
    this.#settled += bytes
    this.watch.progress(this.#settled)
  }
}

/** Holds the finished object against what was sent. Returns what that proves, in words. */
async function requireArrived(
  bucket: S3Bucket,
  at: ObjectAt,
  { id, bytes }: Pick<Manifest, 'id' | 'bytes'>,
  etag: string,
  signal: AbortSignal,
): Promise<string> {
  const found = await bucket.find((s3, options) => s3.headObject(at, options), signal)
  if (!found) throw damaged(id, bucket.where, 'it is not there after its upload was completed')
  if (found.ContentLength !== bytes)
    throw damaged(
      id,
      bucket.where,
      `it has ${String(found.ContentLength)} bytes, and ${bytes.toString()} were sent`,
    )
  const given = plainEtag(found.ETag)
  if (!isComparable(given)) return 'each part arrived with its MD5, the size agrees'
  if (given !== etag)
    throw damaged(id, bucket.where, `its ETag is ${given}, the parts sent make ${etag}`)
  return 'each part arrived with its MD5, size and ETag of the whole agree'
}
