import { Failure } from '../../domain/failure.js'

/** What an error of the S3 client says of itself; which of them are there depends on the kind. */
interface Told {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly status?: number
}

/** Nobody answered, or the line broke. */
const brokenLine = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_STREAM_PREMATURE_CLOSE',
])
const late = new Set(['TimeoutError', 'RequestTimeout', 'RequestTimeoutException'])
const busy = new Set(['SlowDown', 'ServiceUnavailable', 'InternalError', 'Throttling'])
const keyRefused = new Set([
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'InvalidToken',
  'ExpiredToken',
])
const denied = new Set(['AccessDenied', 'Forbidden', 'AllAccessDisabled', 'AccountProblem'])
const full = new Set(['QuotaExceeded', 'InsufficientStorage', 'XMinioStorageFull'])

function toldBy(error: unknown): Told {
  if (!(error instanceof Error)) return { name: '', message: String(error) }
  const { name, message } = error
  const code = 'code' in error ? String(error.code) : undefined
  const status = '$metadata' in error ? statusOf(error.$metadata) : undefined
  return {
    name,
    message,
    ...(code === undefined ? {} : { code }),
    ...(status === undefined ? {} : { status }),
  }
}

function statusOf(metadata: unknown): number | undefined {
  if (typeof metadata !== 'object' || metadata === null) return undefined
  const status: unknown = 'httpStatusCode' in metadata ? metadata.httpStatusCode : undefined
  return typeof status === 'number' ? status : undefined
}

/** Whether the same request may well succeed in a moment. */
export function isTransient(error: unknown): boolean {
  const { name, code = '', status = 0 } = toldBy(error)
  return brokenLine.has(code) || late.has(name) || busy.has(name) || status >= 500
}

/** Whether it says that there is no such object (or upload). */
export function isMissing(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound', 'NoSuchUpload'].includes(toldBy(error).name)
}

/** An error of the S3 client as a `Failure`; a bug is handed back. Nothing of the request is repeated but its address. */
export function s3Failure(where: string, bucket: string, error: unknown): unknown {
  if (error instanceof Failure) return error
  const told = toldBy(error)
  const { name, code = '', status = 0, message } = told
  const cause = { cause: error }
  const environment = (
    word:
      | 'COPY_UNREACHABLE'
      | 'COPY_KEY_REFUSED'
      | 'COPY_DENIED'
      | 'COPY_BUCKET_MISSING'
      | 'COPY_CLOCK_SKEW'
      | 'COPY_FROZEN',
    sentence: string,
    next: readonly string[],
  ) => new Failure('environment', word, sentence, next, cause)

  if (isUnreachable(told))
    return environment('COPY_UNREACHABLE', `${where} cannot be reached: ${why(told)}`, [
      'backup.copies[].endpoint in ops.yaml',
      'ops backup copy',
    ])
  if (keyRefused.has(name))
    return environment('COPY_KEY_REFUSED', `${where} does not accept the access key (${name})`, [
      'ops config show',
      'accessKeyId and secretAccessKey of the place in ops.yaml',
    ])
  if (name === 'NoSuchBucket')
    return environment('COPY_BUCKET_MISSING', `there is no bucket ${bucket} for ${where}`, [
      'ops config show',
      'make the bucket: ops never does',
    ])
  if (name === 'RequestTimeTooSkewed')
    return environment(
      'COPY_CLOCK_SKEW',
      `${where} refuses requests because the clock of this machine is wrong`,
      ['timedatectl status'],
    )
  if (name === 'InvalidObjectState')
    return environment(
      'COPY_FROZEN',
      `${where} keeps the copy in an archive class, from which it must be restored first`,
      ['restore the object with the tools of the service, then try again'],
    )
  if (full.has(name) || status === 507)
    return new Failure(
      'space',
      'COPY_FULL',
      `${where} has no room left (${name})`,
      ['make room, or raise the quota'],
      cause,
    )
  if (denied.has(name) || status === 403)
    return environment('COPY_DENIED', `the access key may not do that in ${where} (${name})`, [
      'the key needs to list the bucket and to read and write objects',
      'ops doctor',
    ])
  if (status === 0 && code === '' && !('$metadata' in Object(error))) return error
  return new Failure(
    'failed',
    'COPY_REFUSED',
    `${where} answered ${name}${message === '' ? '' : `: ${message}`}`,
    ['ops doctor'],
    cause,
  )
}

function isUnreachable({ name, code = '', status = 0 }: Told): boolean {
  return (
    brokenLine.has(code) ||
    late.has(name) ||
    busy.has(name) ||
    (status >= 500 && status !== 507) ||
    /CERT|TLS|SSL/.test(code) ||
    code === 'EPROTO'
  )
}

function why({ name, code = '', status = 0 }: Told): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'nobody listens there (ECONNREFUSED)'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `its name cannot be resolved (${code})`
    case 'ECONNRESET':
    case 'EPIPE':
      return `the connection broke off (${code})`
    case '':
      return status >= 500
        ? `it answered ${status.toString()} (${name})`
        : `no answer in time (${name})`
    default:
      return /CERT|TLS|SSL/.test(code) ? `its certificate is not accepted (${code})` : code
  }
}
