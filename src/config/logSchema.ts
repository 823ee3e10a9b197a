import { z } from 'zod'
import { logLevels } from '../domain/ownLog/level.js'

/** Shape of `log`: what ops writes down of its own doings. */
export function logSchema() {
  return z
    .strictObject({
      level: z
        .enum(logLevels)
        .describe('Entries of that level and worse are written')
        .exactOptional(),
      folder: z.string().min(1).describe('Folder of ops.log').exactOptional(),
    })
    .describe('What ops writes down of its own doings')
}
