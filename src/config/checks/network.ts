import { z } from 'zod'
import { secretSchema } from '../secretSchema.js'
import { commonKeys, hostSchema, levelsSchema, patternKeys, portSchema } from './keys.js'

function caSchema() {
  return z
    .string()
    .min(1)
    .describe('File (PEM) of who signed the certificate; left out: the well-known authorities')
    .exactOptional()
}

/** Headers that decide how a request is sent, or whose certificate is expected. */
const ownHeaders =
  /^(host|connection|content-length|transfer-encoding|upgrade|expect|accept-encoding)$/i

/** An address that answers. */
export function httpSchema() {
  return z.strictObject({
    ...commonKeys('http'),
    url: z
      .url({ protocol: /^https?$/, error: 'is not an address: https://…' })
      .refine((address) => !URL.canParse(address) || !hasUser(new URL(address)), {
        error: 'holds a name or a password: those go to headers',
      })
      .describe('Address that is asked; nobody goes where it sends to'),
    method: z.enum(['GET', 'HEAD']).exactOptional(),
    status: z
      .array(z.int().min(100).max(599))
      .min(1)
      .describe('Statuses that are right; left out: 200 to 299')
      .exactOptional(),
    contains: z
      .string()
      .min(1)
      .describe('Text that the body holds (its first MiB)')
      .exactOptional(),
    ...patternKeys(),
    maxMilliseconds: z.int().min(1).max(300_000).describe('How slow it may be').exactOptional(),
    headers: z
      .record(
        z
          .string()
          .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'is not the name of a header')
          .refine((name) => !ownHeaders.test(name), { error: 'is a header that ops sets itself' }),
        secretSchema(),
      )
      .describe('Headers by name; each value is a secret')
      .exactOptional(),
    ca: caSchema(),
  })
}

function hasUser({ username, password }: URL): boolean {
  return username !== '' || password !== ''
}

/** A port that takes connections. */
export function tcpSchema() {
  return z.strictObject({
    ...commonKeys('tcp'),
    host: hostSchema(),
    port: portSchema(),
    greeting: z
      .string()
      .min(1)
      .max(200, 'is longer than 200 letters')
      .describe('Text that comes first from there')
      .exactOptional(),
  })
}

/** A certificate that runs out one day. */
export function certificateSchema() {
  return z.strictObject({
    ...commonKeys('certificate'),
    host: hostSchema().exactOptional(),
    port: portSchema().describe('Port, where it differs from 443').exactOptional(),
    serverName: z
      .string()
      .regex(/^[A-Za-z0-9.:_-]+$/, 'is not the name or the address of a host')
      .describe('Name that the certificate must bear; the host by default')
      .exactOptional(),
    file: z.string().min(1).describe('File (PEM) instead of a host').exactOptional(),
    ca: caSchema(),
    daysLeft: levelsSchema(0, 3_650)
      .describe('Fewer days than that are doubtful, or broken')
      .exactOptional(),
  })
}
