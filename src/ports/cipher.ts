import type { Secret } from '../domain/secret.js'

/**
 * Encrypts and decrypts streams in the age format (age-encryption.org/v1). Memory does not grow with the stream, a slow
 * reader slows the source, and a stream that is left early lets go of its source.
 */
export interface Cipher {
  /**
   * The source, encrypted so that any one of the recipients' secret keys opens it. Without its last part the result is
   * worthless: whoever writes it must see its end. Throws `RECIPIENT_INVALID` (usage), what the source throws, the
   * signal's reason.
   */
  encrypt(
    source: AsyncIterable<Uint8Array>,
    recipients: readonly string[],
    signal?: AbortSignal,
  ): AsyncIterable<Uint8Array>
  /**
   * What was encrypted. Each part is authentic when it comes, but only a stream that ended says that nothing is missing:
   * nobody may act on a part before. Throws `KEY_WRONG`, `AGE_HEADER_INVALID`, `AGE_CORRUPT`, `AGE_TRUNCATED`
   * (integrity), what the source throws, the signal's reason.
   */
  decrypt(
    source: AsyncIterable<Uint8Array>,
    keys: readonly Secret[],
    signal?: AbortSignal,
  ): AsyncIterable<Uint8Array>
  /** Whether a secret key opens the file with this header. Throws `AGE_HEADER_INVALID` for one that was tampered with. */
  opens(header: Uint8Array, key: Secret): Promise<boolean>
}
