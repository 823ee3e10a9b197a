import type { RestoreResult } from './restore.js'

/** What `ops undo` answers. */
export interface UndoResult {
  readonly undone: string
  readonly target: string
  readonly dropped: readonly string[]
  readonly restored: RestoreResult | null
  readonly receipt: string | null
}
