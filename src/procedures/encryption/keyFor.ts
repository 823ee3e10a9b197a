import type { AgeHeader } from '../../archive/ageHeader.js'
import { Failure } from '../../domain/failure.js'
import type { Secret } from '../../domain/secret.js'
import type { World } from '../../ports/world.js'

/** What opening an encrypted file takes. */
export type KeyWorld = Pick<World, 'cipher' | 'keys'>

/** An encrypted file that somebody wants to read. */
export interface Locked {
  /** What to call it. */
  readonly name: string
  readonly header: AgeHeader
  /** Public keys it was encrypted to, where a manifest says so: the header itself does not tell. */
  readonly recipients?: readonly string[] | undefined
}

/**
 * The secret key that opens a file, tried on its header. Keys are fetched one after the other, and none after the one that
 * opens it. Throws `KEY_MISSING` where no key is configured, `KEY_WRONG` where none opens it (integrity),
 * `ENCRYPTION_UNSUPPORTED` (usage) for a file that no age key opens, and for a key that could not be fetched what fetching
 * it throws, unless another one opens the file.
 */
export async function keyFor(locked: Locked, { cipher, keys }: KeyWorld): Promise<Secret> {
  requireAgeKeys(locked)
  let unfetched: Failure | undefined
  for (const identity of keys.identities) {
    try {
      for (const key of await identity.fetch()) {
        if (await cipher.opens(locked.header.bytes, key)) return key
      }
    } catch (error) {
      if (!(error instanceof Failure) || error.kind === 'integrity') throw error
      unfetched ??= error
    }
  }
  if (unfetched) throw unfetched
  throw keys.identities.length === 0 ? keyMissing(locked) : keyWrong(locked, keys.identities.length)
}

/** Whether a failure says that a file could not be opened: nothing is known of its inside then, neither good nor bad. */
export function isUnopened(
  error: unknown,
): error is Failure & { code: 'KEY_MISSING' | 'KEY_WRONG' } {
  return error instanceof Failure && (error.code === 'KEY_MISSING' || error.code === 'KEY_WRONG')
}

function requireAgeKeys({ name, header }: Locked): void {
  const [kind] = header.recipients
  if (header.recipients.includes('X25519')) return
  throw new Failure(
    'usage',
    'ENCRYPTION_UNSUPPORTED',
    `${name} is encrypted ${words(kind)}; ops opens files encrypted to age keys only`,
    ['age -d FILE | ops restore -', 'age -d FILE > ARCHIVE'],
    { facts: { recipients: header.recipients } },
  )
}

function words(kind: string | undefined): string {
  if (kind === undefined) return 'to nobody'
  if (kind === 'scrypt') return 'with a passphrase'
  if (kind.startsWith('ssh-')) return 'to an SSH key'
  return `for "${kind}", a plugin or a kind of key that this version does not know`
}

function keyMissing(locked: Locked): Failure {
  return new Failure(
    'integrity',
    'KEY_MISSING',
    `${locked.name} is encrypted to ${recipientsOf(locked)}, and no key is configured here`,
    ['backup.encryption.identities in ops.yaml: [{file: PATH}]', 'age -d -i KEYFILE FILE'],
    { facts: { recipients: locked.recipients ?? locked.header.recipients.length } },
  )
}

function keyWrong(locked: Locked, tried: number): Failure {
  return new Failure(
    'integrity',
    'KEY_WRONG',
    `${locked.name} is encrypted to ${recipientsOf(locked)}, and ${tried === 1 ? 'the key here does not open it' : `none of the ${tried.toString()} keys here opens it`}`,
    ['age-keygen -y KEYFILE   (prints the public key of a key file)', 'ops config show'],
    { facts: { recipients: locked.recipients ?? locked.header.recipients.length } },
  )
}

function recipientsOf({ recipients, header }: Locked): string {
  if (recipients && recipients.length > 0) return recipients.join(', ')
  const count = header.recipients.length
  return count === 1 ? 'one key' : `${count.toString()} keys`
}
