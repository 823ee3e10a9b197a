import type { Secret } from '../domain/secret.js'

/** Where secret keys come from. */
export interface Identity {
  /** What to call it in a sentence; never what it holds. */
  readonly name: string
  /** Absolute path, where it is a file. */
  readonly file?: string
  /**
   * The secret keys, fetched now. Throws `SECRET_UNAVAILABLE`, `KEY_UNUSABLE` (usage), `SECRET_EXPOSED` (refused).
   */
  fetch(): Promise<readonly Secret[]>
}

/** The keys that the configuration names. */
export interface Keys {
  /** Public keys that every backup is encrypted to; none: backups are written in clear. */
  readonly recipients: readonly string[]
  /** Where the secret keys are, if this machine has any. */
  readonly identities: readonly Identity[]
}
