import type { Drill } from '../domain/drill.js'

/** The record of drills, one file each. */
export interface Drills {
  /** Writes it whole or not at all; gives the path of its file. Throws `STATE_UNWRITABLE` (environment), `STATE_FULL` (space). */
  save(drill: Drill): Promise<string>
  /** Newest first; files that are none are left out. */
  list(): Promise<readonly Drill[]>
}
