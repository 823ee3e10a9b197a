import type { Secret, SecretReference } from '../domain/secret.js'

/** Fetches secrets at the moment they are needed. */
export interface Secrets {
  /**
   * Throws `SECRET_UNAVAILABLE` (usage) naming the reference, never the value; `SECRET_EXPOSED` (refused) for a file
   * that others may read.
   */
  resolve(reference: SecretReference): Promise<Secret>
  /** The same for what has several lines, such as a file of keys: all of the text. */
  resolveText(reference: SecretReference): Promise<Secret>
}
