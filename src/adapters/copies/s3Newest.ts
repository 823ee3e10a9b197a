import type { S3Place } from '../../domain/copyPlace.js'
import { Failure } from '../../domain/failure.js'
import type { Secrets } from '../../ports/secrets.js'
import { s3Bucket } from './s3Client.js'

/** Whoever looks once a minute need not try again. */
const once = { retries: 0, minTimeout: 0, maxTimeout: 0 }

/** The objects whose keys begin with the prefix: how many, and when the newest was put there; what stands for a folder is left aside. */
export async function newestObject(
  settings: Omit<S3Place, 'name' | 'type'>,
  secrets: Secrets,
  signal: AbortSignal,
): Promise<{ readonly found: number; readonly newest: Date | undefined }> {
  const bucket = s3Bucket({ ...settings, name: 'checks', type: 's3' }, secrets, once)
  let found = 0
  let newest: Date | undefined
  let ContinuationToken: string | undefined
  try {
    do {
      const request = {
        Bucket: settings.bucket,
        Prefix: settings.prefix,
        ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
      }
      const page = await bucket.send((s3, options) => s3.listObjectsV2(request, options), signal)
      for (const { Key = '', LastModified: at } of page.Contents ?? []) {
        if (Key.endsWith('/') || at === undefined) continue
        found += 1
        if (newest === undefined || at > newest) newest = at
      }
      ContinuationToken = page.NextContinuationToken
    } while (ContinuationToken !== undefined)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    // What it says to do is about copies.
    throw new Failure(error.kind, error.code, error.message, ['ops config show'], { cause: error })
  }
  return { found, newest }
}
