import type { S3 } from '@aws-sdk/client-s3'
import type { S3Place } from '../../domain/copyPlace.js'
import type { Secrets } from '../../ports/secrets.js'
import { isMissing, isTransient, s3Failure } from './s3Failure.js'

/** Milliseconds: for the first packet back, and without a byte in either direction. */
const patience = { connectionTimeout: 10_000, socketTimeout: 60_000 }

/** How often a request is tried again, and how long is waited before (milliseconds, doubled each time). */
export interface Persistence {
  readonly retries: number
  readonly minTimeout: number
  readonly maxTimeout: number
}

/** Together some 15 seconds: a service that restarts is waited for, one that is gone is not. */
export const persistent: Persistence = { retries: 4, minTimeout: 500, maxTimeout: 8_000 }

/** A request to the service. */
export type Request<Answer> = (s3: S3, options: { abortSignal: AbortSignal }) => Promise<Answer>

/** The way to a bucket. */
export interface S3Bucket {
  readonly settings: S3Place
  /** The bucket in words. */
  readonly where: string
  /** Sends a request, again where the reason is transient. Throws `COPY_…`, and the signal's reason. */
  send<Answer>(request: Request<Answer>, signal: AbortSignal, how?: Persistence): Promise<Answer>
  /** The same, where no such object is an answer. */
  find<Answer>(request: Request<Answer>, signal: AbortSignal): Promise<Answer | undefined>
}

/** The way to a bucket. The SDK is loaded, and the secrets are fetched, with the first request. */
export function s3Bucket(
  settings: S3Place,
  secrets: Secrets,
  usual: Persistence = persistent,
): S3Bucket {
  const { bucket } = settings
  const where = whereOf(settings)
  let opening: Promise<S3> | undefined
  const opened = () =>
    (opening ??= openS3(settings, secrets).catch((error: unknown) => {
      opening = undefined
      throw error
    }))

  const raw = async <Answer>(
    request: Request<Answer>,
    signal: AbortSignal,
    how: Persistence,
  ): Promise<Answer> => {
    signal.throwIfAborted()
    const s3 = await opened()
    const { default: pRetry } = await import('p-retry')
    try {
      return await pRetry(() => request(s3, { abortSignal: signal }), {
        ...how,
        randomize: true,
        signal,
        shouldRetry: ({ error }) => isTransient(error),
      })
    } catch (error) {
      signal.throwIfAborted()
      throw error
    }
  }
  const send: S3Bucket['send'] = async (request, signal, how = usual) => {
    try {
      return await raw(request, signal, how)
    } catch (error) {
      signal.throwIfAborted()
      throw s3Failure(where, bucket, error)
    }
  }
  return {
    settings,
    where,
    send,
    find: (request, signal) =>
      send(
        (s3, options) =>
          request(s3, options).catch((error: unknown) => {
            if (isMissing(error)) return undefined
            throw error
          }),
        signal,
      ),
  }
}

async function openS3(settings: S3Place, secrets: Secrets): Promise<S3> {
  const { endpoint, region, forcePathStyle } = settings
  const [accessKeyId, secretAccessKey] = await Promise.all([
    secrets.resolve(settings.accessKeyId),
    secrets.resolve(settings.secretAccessKey),
  ])
  // Under cron its warning about the version of Node would be mailed every night (@aws-sdk/core reads this at import).
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'
  const sdk = await import('@aws-sdk/client-s3')
  return new sdk.S3({
    region,
    forcePathStyle,
    credentials: {
      accessKeyId: accessKeyId.reveal(),
      secretAccessKey: secretAccessKey.reveal(),
    },
    // Tried again by p-retry, with the signal and for what is transient only.
    maxAttempts: 1,
    requestHandler: patience,
    // Services other than AWS refuse the CRC32 that the SDK adds by itself since 3.729 (aws-sdk-js-v3 issue 6810).
    ...(endpoint === undefined
      ? {}
      : {
          endpoint,
          requestChecksumCalculation: 'WHEN_REQUIRED',
          responseChecksumValidation: 'WHEN_REQUIRED',
        }),
  })
}

function whereOf({ bucket, prefix, endpoint, region }: S3Place): string {
  return `s3://${bucket}/${prefix} (${endpoint === undefined ? `AWS ${region}` : new URL(endpoint).host})`
}
