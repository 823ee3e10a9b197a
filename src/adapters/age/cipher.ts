import type { Decrypter } from 'age-encryption'
import { damage } from '../../archive/damage.js'
import { Failure } from '../../domain/failure.js'
import { recipientProblem } from '../../domain/ageKey.js'
import type { Secret } from '../../domain/secret.js'
import type { Cipher } from '../../ports/cipher.js'
import { watched, type WatchedSource } from './watched.js'
import { partsOf } from './webStream.js'

/** Bytes of a chunk: 64 KiB and the tag that authenticates it (age-encryption.org/v1, "Payload"). */
const chunkBytes = 64 * 1024
const storedChunkBytes = chunkBytes + 16

/** Between the header and the first chunk. */
const nonceBytes = 16

/**
 * The age format by its JavaScript library, which shares its tests with the `age` program. It is loaded when it is first
 * needed: most commands never do.
 */
export const ageCipher: Cipher = {
  encrypt: (source, recipients, signal) => encrypted(source, recipients, signal),
  decrypt: (source, keys, signal) => decrypted(source, keys, signal),

  async opens(header, key) {
    try {
      await (await decrypterFor([key])).decryptHeader(header)
      return true
    } catch (error) {
      if (isWrongKey(error)) return false
      throw headerDamage(error)
    }
  },
}

async function* encrypted(
  source: AsyncIterable<Uint8Array>,
  recipients: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { Encrypter } = await import('age-encryption')
  const encrypter = new Encrypter()
  if (recipients.length === 0)
    throw invalidRecipient('', 'is missing: there is nobody to encrypt to')
  for (const recipient of recipients) {
    const problem = recipientProblem(recipient)
    if (problem !== undefined) throw invalidRecipient(recipient, problem)
    encrypter.addRecipient(recipient)
  }
  yield* partsOf(await encrypter.encrypt(ReadableStream.from(source)), signal)
}

async function* decrypted(
  source: AsyncIterable<Uint8Array>,
  keys: readonly Secret[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  // The library throws away what it had opened of a part when something later in it is damaged: one chunk at a time, it
  // has handed on everything before the damaged one, and that tells which one it is.
  const stored = watched(source, chunkBytes)
  const decrypter = await decrypterFor(keys)
  const stream = await decrypter
    .decrypt(ReadableStream.from(stored.stream))
    .catch((error: unknown) => {
      if (stored.error) throw stored.error
      throw isWrongKey(error) ? wrongKey() : headerDamage(error)
    })
  let bytes = 0
  const parts = partsOf(stream, signal)
  try {
    for await (const part of parts) {
      bytes += part.length
      yield part
    }
  } catch (error) {
    signal?.throwIfAborted()
    if (stored.error) throw stored.error
    throw payloadDamage(error, bytes, stored)
  }
}

async function decrypterFor(keys: readonly Secret[]): Promise<Decrypter> {
  const { Decrypter } = await import('age-encryption')
  const decrypter = new Decrypter()
  for (const key of keys) decrypter.addIdentity(key.reveal())
  return decrypter
}

/** The library throws plain errors; this one of them is no damage. */
function isWrongKey(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('no identity matched')
}

function wrongKey(): Failure {
  return new Failure('integrity', 'KEY_WRONG', 'no key here opens the encrypted file', [
    'ops doctor',
    'ops config show',
  ])
}

function headerDamage(cause: unknown): Failure {
  const says = 'the header of the encrypted file is damaged, or was tampered with'
  return damage('AGE_HEADER_INVALID', 0, says, { cause })
}

/**
 * Where it is damaged, and what can be said of it: in the middle of the file it is damage. Of the last chunk nobody can tell
 * whether it is damaged or whether more came after it, since that it is the last one is part of what is checked.
 */
function payloadDamage(
  cause: unknown,
  clearBytes: number,
  { totalBytes, headerBytes }: WatchedSource,
): Failure {
  const at = headerBytes + nonceBytes + Math.floor(clearBytes / chunkBytes) * storedChunkBytes
  return totalBytes !== undefined && at + storedChunkBytes >= totalBytes
    ? damage('AGE_TRUNCATED', at, 'the encrypted file breaks off, or its last part is damaged', {
        cause,
      })
    : damage('AGE_CORRUPT', at, 'the encrypted data is damaged, or was tampered with', { cause })
}

function invalidRecipient(recipient: string, problem: string): Failure {
  const name = /^age1/.test(recipient) ? recipient : 'a recipient'
  return new Failure('usage', 'RECIPIENT_INVALID', `${name} ${problem}`, ['ops config check'])
}
