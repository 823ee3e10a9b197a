import type { Manifest } from '../../domain/manifest.js'
import { missing } from './sameBytes.js'
import type { S3Bucket } from './s3Client.js'
import { isTransient, s3Failure } from './s3Failure.js'

/** So often in a row a line may break without a byte having come through. */
const mostBreaks = 5

/**
 * The bytes of an object, from the start. A line that breaks is taken up where it broke, from the same version of the
 * object. That all of it came is for the reader to check. Throws `COPY_MISSING` (not-found), and the signal's reason.
 */
export async function* readObject(
  bucket: S3Bucket,
  key: string,
  manifest: Pick<Manifest, 'file'>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let at = 0
  let breaks = 0
  let etag: string | undefined
  let end: number | undefined
  while (end === undefined || at < end) {
    const request = {
      Bucket: bucket.settings.bucket,
      Key: key,
      ...(at === 0 ? {} : { Range: `bytes=${at.toString()}-` }),
      ...(etag === undefined ? {} : { IfMatch: etag }),
    }
    const answer = await bucket.find((s3, options) => s3.getObject(request, options), signal)
    if (answer?.Body === undefined) throw missing(manifest.file, bucket.where)
    etag = answer.ETag
    end ??= answer.ContentLength ?? 0
    const before = at
    try {
      for await (const chunk of answer.Body as AsyncIterable<Uint8Array>) {
        signal.throwIfAborted()
        at += chunk.length
        yield chunk
      }
      // An end that comes too early is a broken line too.
      if (at < end) breaks = at > before ? 0 : breaks + 1
    } catch (error) {
      signal.throwIfAborted()
      breaks = at > before ? 0 : breaks + 1
      if (!isTransient(error) || breaks > mostBreaks)
        throw s3Failure(bucket.where, bucket.settings.bucket, error)
    }
    if (breaks > mostBreaks) return
  }
}
