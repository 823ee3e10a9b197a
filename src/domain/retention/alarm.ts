import type { BackupContent } from '../backupFile.js'
import type { Shelved, Verdict } from './verdict.js'

/** What an operator can accept, by the word of the flag that does: `--accept clock`. */
export const acceptable = ['clock', 'many', 'shrunk'] as const

/** A word of `acceptable`. */
export type Acceptable = (typeof acceptable)[number]

/** A reason to stop and ask before anything is removed. */
export interface Alarm {
  readonly code: 'PRUNE_CLOCK_JUMPED' | 'PRUNE_TOO_MANY' | 'PRUNE_SHRUNK'
  readonly accept: Acceptable
  /** What looks wrong, as a clause. */
  readonly says: string
  /** The backup that it is about, as it was then. */
  readonly about?: Weighed
}

/** An alarm that an operator accepted. It is kept in the receipt of the run, so that it is asked once. */
export type AcceptedAlarm = Pick<Alarm, 'accept' | 'about'>

/** What is remembered of an alarm that was accepted. */
export function acceptedOf({ accept, about }: Alarm): AcceptedAlarm {
  return { accept, ...(about ? { about } : {}) }
}

/** A backup with its size. */
export interface Weighed extends Shelved {
  readonly documents: number
  /** Bytes before compression. */
  readonly rawBytes: number
  /** What was dumped: only backups of the same scope are held against each other. */
  readonly scope: string
}

/** A run that moved backups to the trash, or deleted some from it. */
export interface EarlierPrune {
  /** RFC 3339 UTC. */
  readonly at: string
  /** How many it moved. */
  readonly removed: number
  /** What somebody accepted for it. */
  readonly accepted?: readonly AcceptedAlarm[]
}

/** A backup in the trash, as far as its file tells. */
export interface Discarded {
  readonly id: string
  /** Absent where nothing tells: then it counts as an archive. */
  readonly content?: BackupContent
}

/** What the alarms are raised from. */
export interface PruneEvidence {
  readonly backups: readonly Weighed[]
  readonly verdicts: readonly Verdict[]
  readonly now: Date
  /** Newest first. Those that were taken back are left out. */
  readonly prunes: readonly EarlierPrune[]
  /** When the backups were taken that were removed since, as far as it is known; milliseconds since 1970. */
  readonly formerly?: readonly number[]
  /** Backups in the trash whose time is over: they would be deleted for good. */
  readonly expired: number
}
