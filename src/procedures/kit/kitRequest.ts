import type { Target } from '../../domain/target.js'

/** What a kit is made from besides the world. */
export interface KitRequest {
  /** Absolute path of `ops.yaml`. */
  readonly configurationFile: string
  /** Settings of it that hold a password in plain text. */
  readonly plainPasswords: readonly string[]
  /** Whether the images of services are kept with the backups. */
  readonly keepImages?: boolean
  /** Names of the places that nothing is ever removed from. */
  readonly unpruned?: readonly string[]
  /** Every target: their passwords must not be in any file. */
  readonly targets: readonly Target[]
}
