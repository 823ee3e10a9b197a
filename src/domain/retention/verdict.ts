import type { BackupContent } from '../backupFile.js'
import type { Purpose } from '../manifest.js'
import type { Trust } from '../trust.js'
import type { Period } from './policy.js'

/** What retention looks at of a backup. */
export interface Shelved {
  readonly id: string
  /** RFC 3339 UTC. */
  readonly takenAt: string
  readonly sequence?: number
  readonly purpose: Purpose
  /** What is in it; absent means an archive. */
  readonly content?: BackupContent
  readonly trust: Trust
  /** Whether its file is there with the size the manifest says. */
  readonly present: boolean
}

/** Rules that keep a backup. */
export type KeepRule =
  | 'unconfigured'
  | 'last-good'
  | 'last-restore-tested'
  | 'min-good'
  | 'needed'
  | 'undo'
  | 'future'
  | 'within'
  | 'last'
  | Period
  | 'no-newer-good'
  | 'in-doubt'
  | 'only-good'

/** Rules by which one goes. */
export type RemoveRule = 'not-kept' | 'not-good' | 'safety-old'

/** Why a backup stays or goes: the rule, and a clause that says it of this backup. */
export interface Reason {
  readonly rule: KeepRule | RemoveRule
  readonly says: string
}

/** What becomes of a backup, with every reason. There is at least one. */
export interface Verdict {
  readonly id: string
  readonly keep: boolean
  readonly reasons: readonly Reason[]
}
