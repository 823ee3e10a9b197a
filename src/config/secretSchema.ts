import { z } from 'zod'
import { composePattern } from './names.js'

/** A secret as the file writes it: text (best `${NAME}`), or where to fetch it from. */
export type SecretText = z.output<ReturnType<typeof secretSchema>>

/** Shape of a secret: text, `{file: …}`, `{command: […]}` or `{compose: SERVICE.VARIABLE}`. */
export function secretSchema() {
  const filled = z.string().min(1)
  const reference = z
    .strictObject({
      file: filled.describe('A file that holds the secret alone; mode 0600').exactOptional(),
      command: z
        .array(filled)
        .min(1)
        .describe('A program and its arguments; what it prints is the secret')
        .exactOptional(),
      compose: z
        .string()
        .regex(composePattern, 'is not SERVICE.VARIABLE')
        .describe('SERVICE.VARIABLE: what the compose file gives that service')
        .exactOptional(),
    })
    .refine((given) => Object.keys(given).length === 1, {
      error: 'must hold exactly one of file, command, compose',
    })
  return z.union([filled, reference])
}
