import type { Target } from '../../domain/target.js'

/** What a kit is made from besides the world. */
export interface KitRequest {
  /** Absolute path of `ops.yaml`. */
  readonly configurationFile: string
  /** Settings of it that hold a password in plain text. */
  readonly plainPasswords: readonly string[]
  /** Every target: their passwords must not be in any file. */
  readonly targets: readonly Target[]
}
