import { defaults } from '../defaults.js'
import { durationSeconds } from '../duration.js'
import { secretReference } from '../secrets.js'
import { present, type Asked, type Places } from './asked.js'
import type { ConfigFile } from '../schema.js'
import { expectationsFor } from './expected.js'
import type { CheckFileOf } from './schema.js'

/** What a check of an age asks. The rules have seen to it that there is one of files, s3 and documents. */
export function freshnessAsked(
  { files, s3, documents, maxAge }: CheckFileOf<'freshness'>,
  { absolute, target: only }: Places,
  timeoutSeconds: number,
): Asked<'freshness'> {
  const maxAgeSeconds = durationSeconds(maxAge) ?? 0
  if (s3) {
    const { bucket, prefix = '', endpoint, region = defaults.copies.region } = s3
    return {
      probe: {
        kind: 'objects',
        bucket: {
          bucket,
          prefix,
          region,
          ...present({ endpoint }),
          accessKeyId: secretReference(s3.accessKeyId, absolute),
          secretAccessKey: secretReference(s3.secretAccessKey, absolute),
          forcePathStyle: s3.forcePathStyle ?? endpoint !== undefined,
        },
      },
      rule: { what: `the objects s3://${bucket}/${prefix}`, maxAgeSeconds },
    }
  }
  if (documents) {
    const { target = only, collection: namespace, field } = documents
    const limitMilliseconds = timeoutSeconds * 1000
    return {
      probe: { kind: 'documents', target, namespace, field, limitMilliseconds },
      rule: { what: `the documents of ${namespace} by ${field}`, maxAgeSeconds },
    }
  }
  const glob = absolute(files ?? '')
  return { probe: { kind: 'files', glob }, rule: { what: `the files ${glob}`, maxAgeSeconds } }
}

/** What a check by a query asks. */
export function queryAsked(
  { target, collection: namespace, filter = {}, min, max }: CheckFileOf<'query'>,
  { target: only }: Pick<Places, 'target'>,
  timeoutSeconds: number,
): Asked<'query'> {
  const limitMilliseconds = timeoutSeconds * 1000
  return {
    probe: { target: target ?? only, namespace, filter, limitMilliseconds },
    rule: { what: namespace, ...present({ min, max }) },
  }
}

/** What a check of data asks. The rules have seen to it that something is expected. */
export function dataAsked(
  check: CheckFileOf<'data'>,
  { target: only }: Pick<Places, 'target'>,
  timeoutSeconds: number,
  targets: ConfigFile['targets'],
): Asked<'data'> {
  const { target = only, collection, exact = defaults.checks.exact } = check
  const expectations = expectationsFor(check, targets)
  // One question after the other, and each has to end before the check does: what is found by then is told.
  const questions = Object.values(expectations).reduce(
    (count, { unique = [] }) => count + 1 + unique.length,
    0,
  )
  const limitMilliseconds = Math.max(
    500,
    Math.floor((timeoutSeconds * 1000 - 2_000) / Math.max(1, questions)),
  )
  const what = collection ?? `the data of "${target}"`
  return { probe: { target, expectations, exact, limitMilliseconds }, rule: { what, target } }
}
