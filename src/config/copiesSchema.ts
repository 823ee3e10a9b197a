import { z } from 'zod'
import { bucketPattern, namePattern, prefixPattern } from './names.js'
import { placeRetentionSchema } from './retentionSchema.js'
import { secretSchema } from './secretSchema.js'

/** One entry of `backup.copies` as it is written. */
export type CopyFile = z.output<ReturnType<typeof copiesSchema>>[number]

/** Shape of `backup.copies`. */
export function copiesSchema() {
  return z
    .array(z.discriminatedUnion('type', [directorySchema(), s3Schema()]))
    .describe('Places elsewhere that every backup is copied to')
}

function name() {
  return z
    .string()
    .regex(namePattern, 'is not a usable name (letters, digits, - and _; at most 63)')
    .describe('What the place is called in commands and lists')
}

/** What every place has besides its address. */
function keeping() {
  return {
    retention: placeRetentionSchema().exactOptional(),
    prune: z.boolean().describe('Remove what the retention does not keep').exactOptional(),
  }
}

function directorySchema() {
  return z.strictObject({
    name: name(),
    type: z.literal('directory'),
    path: z.string().min(1).describe('Folder on another disk, or on a network drive'),
    requireMount: z.boolean().describe('Refuse to write where no disk is mounted').exactOptional(),
    ...keeping(),
  })
}

function s3Schema() {
  return z.strictObject({
    name: name(),
    type: z.literal('s3'),
    bucket: z
      .string()
      .regex(bucketPattern, 'is not the name of a bucket')
      .describe('Bucket that is there already'),
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
    prefix: z
      .string()
      .regex(prefixPattern, 'is not a usable prefix: names with slashes between them')
      .describe('What every key begins with: one for each machine')
      .exactOptional(),
    storageClass: z
      .string()
      .regex(/^[A-Z0-9_]+$/, 'is not a storage class, as in STANDARD_IA')
      .describe('Storage class of the archives')
      .exactOptional(),
    objectLock: z
      .strictObject({
        mode: z
          .enum(['governance', 'compliance'])
          .describe('compliance: nobody can remove it before its time, not even you'),
        days: z.int().min(1).max(36_500).describe('Days from the moment of copying'),
      })
      .describe('What is copied can be neither changed nor removed for so long')
      .exactOptional(),
    accessKeyId: secretSchema(),
    secretAccessKey: secretSchema(),
    forcePathStyle: z
      .boolean()
      .describe('The bucket stands in the path, not in the host name')
      .exactOptional(),
    ...keeping(),
  })
}
