import { z } from 'zod'
import { commonKeys, levelsSchema } from './keys.js'

/** Room on a disk. */
export function diskSchema() {
  return z.strictObject({
    ...commonKeys('disk'),
    path: z.string().min(1).describe('A path on that disk'),
    requireMount: z
      .boolean()
      .describe('Something has to be mounted exactly there: a disk that is not fails')
      .exactOptional(),
    usedPercent: levelsSchema(1, 100)
      .describe('So full is doubtful, or broken: of its bytes, or of its places for files')
      .exactOptional(),
    freeBytes: levelsSchema(0, Number.MAX_SAFE_INTEGER)
      .describe('Less than that free is doubtful, or broken')
      .exactOptional(),
  })
}

/** A unit of systemd. */
export function systemdSchema() {
  return z.strictObject({
    ...commonKeys('systemd'),
    unit: z
      .string()
      .regex(/^[A-Za-z0-9:_.@\\][A-Za-z0-9:_.@\\-]*$/, 'is not the name of a unit')
      .describe('Unit, as in nginx.service'),
    expects: z
      .enum(['active', 'not-failed'])
      .describe('not-failed: for what runs now and then and rests in between')
      .exactOptional(),
    scope: z.enum(['system', 'user']).describe('Whose systemd').exactOptional(),
  })
}
