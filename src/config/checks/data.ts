import { z } from 'zod'
import { durationSchema } from '../durationSchema.js'
import { expectationKeys } from '../expectationSchema.js'
import { bucketPattern } from '../names.js'
import { secretSchema } from '../secretSchema.js'
import { collectionKeys, commonKeys } from './keys.js'

/** Something that must not grow old. */
export function freshnessSchema() {
  return z.strictObject({
    ...commonKeys('freshness'),
    maxAge: durationSchema().describe('How old the newest may be'),
    files: z
      .string()
      .min(1)
      .describe('Path with `*`, `?` (not across folders) and `**`; links below it are not followed')
      .exactOptional(),
    s3: s3Schema().exactOptional(),
    documents: z
      .strictObject({
        ...collectionKeys(),
        field: z
          .string()
          .regex(/^[^$.\0][^$\0]*$/, 'is not the path of a field')
          .describe('Dotted path of a field that holds a date; an index of it makes this quick'),
      })
      .describe('The newest document, by a date in it')
      .exactOptional(),
  })
}

function s3Schema() {
  return z
    .strictObject({
      bucket: z.string().regex(bucketPattern, 'is not the name of a bucket'),
      prefix: z.string().describe('What the keys begin with').exactOptional(),
      endpoint: z
        .url({ protocol: /^https?$/, error: 'is not an address: https://…' })
        .refine((address) => !address.includes('@'), {
          error: 'holds a name or a password: those go to accessKeyId and secretAccessKey',
        })
        .describe('Address of the service; left out: AWS')
        .exactOptional(),
      region: z
        .string()
        .regex(/^[a-z0-9-]+$/, 'is not the name of a region')
        .exactOptional(),
      accessKeyId: secretSchema(),
      secretAccessKey: secretSchema(),
      forcePathStyle: z
        .boolean()
        .describe('The bucket stands in the path, not in the host name')
        .exactOptional(),
    })
    .describe('The newest object in a bucket')
}

/** Documents that must, or must not, be there. */
export function querySchema() {
  return z.strictObject({
    ...commonKeys('query'),
    ...collectionKeys(),
    filter: z
      .record(z.string(), z.unknown())
      .describe('Filter in extended JSON; left out: every document')
      .exactOptional(),
    min: z.int().min(1).describe('At least so many lines, or documents').exactOptional(),
    max: z.int().min(0).describe('At most so many').exactOptional(),
  })
}

/** Data that is as it should be: that of a collection, or of all of which the target expects something. */
export function dataSchema() {
  const { target, collection } = collectionKeys()
  return z.strictObject({
    ...commonKeys('data'),
    target,
    collection: collection.exactOptional(),
    exact: z
      .boolean()
      .describe('Every document is read, however many there are; else up to a million')
      .exactOptional(),
    ...expectationKeys(),
  })
}
