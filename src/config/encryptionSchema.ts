import { z } from 'zod'
import { recipientProblem } from '../domain/ageKey.js'
import type { KeyReference } from '../domain/secret.js'
import type { EncryptionSettings } from './config.js'
import type { Places } from './places.js'
import { secretReference } from './secrets.js'

/** `backup.encryption` as it is written. */
export type EncryptionFile = z.output<ReturnType<typeof encryptionSchema>>

/** Shape of `backup.encryption`. No sentence about it repeats a key: a secret one may stand there by mistake. */
export function encryptionSchema() {
  const filled = z.string().min(1)
  const identity = z
    .strictObject({
      file: filled.describe('A key file, as age-keygen writes it; mode 0600').exactOptional(),
      command: z
        .array(filled)
        .min(1)
        .describe('A program and its arguments; what it prints is the key file')
        .exactOptional(),
    })
    .refine((given) => Object.keys(given).length === 1, {
      error: 'must hold exactly one of file, command',
    })
  return z
    .strictObject({
      recipients: z
        .array(
          z.string().superRefine((text, context) => {
            const problem = recipientProblem(text)
            if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
          }),
        )
        .min(1)
        .describe('Public keys (age1…); any one of their secret keys opens a backup'),
      identities: z
        .array(identity)
        .describe('Where the secret keys are, if this machine has them: to restore and to verify')
        .exactOptional(),
    })
    .describe('Backups are encrypted with age to these keys')
}

/** The settings that a checked section stands for; `absolute` makes a path one that works from anywhere. */
export function encryptionSettings(
  file: EncryptionFile | undefined,
  absolute: (path: string) => string,
): EncryptionSettings {
  return {
    recipients: file?.recipients ?? [],
    identities: (file?.identities ?? []).flatMap((identity): readonly KeyReference[] => {
      const reference = secretReference(identity, absolute)
      return reference.from === 'file' || reference.from === 'command' ? [reference] : []
    }),
  }
}

/** A sentence for the operator where a lost key would be the loss of everything. */
export function encryptionWarnings(
  file: EncryptionFile | undefined,
  name: string,
  places: Places,
): readonly string[] {
  if (file?.recipients.length !== 1) return []
  const { line } = places.valuePosition(['backup', 'encryption', 'recipients'])
  return [
    `${name}:${line.toString()}: backup.encryption has one recipient: if its secret key is lost, so is every backup; add a second one whose key is kept elsewhere`,
  ]
}
