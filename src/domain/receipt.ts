import type { DataFilesExchange } from './dataFiles.js'
import type { AcceptedAlarm } from './retention/alarm.js'

/** How far a procedure came. `started` that nobody works on any more means: it was killed half-way. */
export type ReceiptState = 'started' | 'done' | 'failed' | 'rolled-back' | 'undone'

/** What was done to a target, by whom, and how to take it back. Times are RFC 3339 UTC. */
export interface Receipt {
  readonly id: string
  /** The command as the operator knows it: `restore`, `undo`. */
  readonly command: string
  readonly target: string
  readonly title: string
  readonly startedAt: string
  readonly finishedAt?: string
  readonly state: ReceiptState
  readonly actor: string
  readonly host: string
  readonly pid: number
  /** Titles of the steps that were finished, in order. */
  readonly steps: readonly string[]
  /** The backup that holds the state before, where one was taken. */
  readonly safetyBackup?: string
  /** What this procedure replaced: taking it back restores exactly this from the safety backup. */
  readonly touched?: { readonly databases: readonly string[]; readonly collection?: string }
  /** Nothing of `touched` was there before: taking it back drops it. */
  readonly emptyBefore?: boolean
  /** Services that were stopped and are not started again yet. */
  readonly stopped?: readonly string[]
  /** Databases that this procedure made from nothing; taking it back drops them. */
  readonly created?: readonly string[]
  /** Backups moved to the trash, or brought back from it. Where this is there, the shelf is all that was touched. */
  readonly shelf?: ShelfChanges
  /** Copies that the retention took away from a place; that cannot be taken back. */
  readonly copies?: PlaceChanges
  /** It blocks the server's writes, or may: whoever finds this with its process gone releases them. */
  readonly writesLocked?: boolean
  /** Data files that were exchanged: taking it back exchanges them again. */
  readonly dataFiles?: DataFilesExchange
  /** What to type to do the same once more, where its command alone does not say it. */
  readonly again?: string
  /** Why it failed. */
  readonly error?: { readonly code: string; readonly message: string }
  /** What the procedure proved (counts, bytes, seconds). */
  readonly proof?: Readonly<Record<string, unknown>>
}

/** What a run took away from a place; ids. */
export interface PlaceChanges {
  readonly place: string
  readonly removed: readonly string[]
  /** What looked wrong, and was accepted by somebody who had looked. */
  readonly accepted?: readonly AcceptedAlarm[]
}

/** What a run did with the backups of a shelf; ids. */
export interface ShelfChanges {
  /** Moved to the trash. */
  readonly removed: readonly string[]
  /** Brought back from it. */
  readonly returned: readonly string[]
  /** Deleted from it, for good. */
  readonly erased?: readonly string[]
  /** Slices of the oplog that were moved to the trash along with them. */
  readonly slices?: readonly string[]
  /** What looked wrong, and was accepted by somebody who had looked. */
  readonly accepted?: readonly AcceptedAlarm[]
}
