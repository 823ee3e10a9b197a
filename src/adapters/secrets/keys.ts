import { basename } from 'node:path'
import { secretKeysIn } from '../../domain/ageKey.js'
import { Failure } from '../../domain/failure.js'
import { Secret, type KeyReference } from '../../domain/secret.js'
import type { Identity, Keys } from '../../ports/keys.js'
import type { Secrets } from '../../ports/secrets.js'

/** The keys that a configuration names; secret ones are fetched when they are needed, and not before. */
export function configuredKeys(
  recipients: readonly string[],
  identities: readonly KeyReference[],
  secrets: Pick<Secrets, 'resolveText'>,
): Keys {
  return { recipients, identities: identities.map((reference) => identity(reference, secrets)) }
}

function identity(reference: KeyReference, secrets: Pick<Secrets, 'resolveText'>): Identity {
  const name = nameOf(reference)
  return {
    name,
    ...(reference.from === 'file' ? { file: reference.path } : {}),
    async fetch() {
      const found = secretKeysIn((await secrets.resolveText(reference)).reveal())
      if ('keys' in found) return found.keys.map((key) => new Secret(key))
      throw new Failure('usage', 'KEY_UNUSABLE', `${name} ${found.problem}`, ['ops config show'])
    },
  }
}

function nameOf(reference: KeyReference): string {
  return reference.from === 'file'
    ? `the key file ${reference.path}`
    : `what "${basename(reference.command[0] ?? '')}" prints`
}
