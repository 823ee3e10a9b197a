import type { RestoreResult } from '../procedures/restore/restore.js'
import type { UndoResult } from '../procedures/restore/undo.js'
import type { Canvas } from '../report/canvas.js'
import type { DryRun } from '../report/plan.js'
import type { BackupEntry, BackupList } from './backupEntries.js'
import type { Backups } from './takeBackups.js'
import type { Verification } from './verifyBackups.js'

/** Results that people can be shown, by screen. */
export interface Screens {
  'dry run': DryRun
  'dry runs': { readonly dryRuns: readonly DryRun[] }
  backup: BackupEntry
  backups: Backups
  'backup list': BackupList
  'backup show': BackupEntry
  'backup verify': Verification
  restore: RestoreResult
  undo: UndoResult
}

/** How each of them is drawn, loaded only when it is: a command that prints JSON needs none. */
export const screens: {
  readonly [Name in keyof Screens]: (result: Screens[Name], canvas: Canvas) => Promise<string>
} = {
  'dry run': async (...drawn) => (await import('../report/plan.js')).dryRunScreen(...drawn),
  'dry runs': async (...drawn) => (await import('../report/plan.js')).dryRunsScreen(...drawn),
  backup: async (...drawn) => (await import('../report/backup.js')).backupScreen(...drawn),
  backups: async (...drawn) => (await import('../report/backup.js')).backupsScreen(...drawn),
  'backup list': async (...drawn) =>
    (await import('../report/backupList.js')).backupListScreen(...drawn),
  'backup show': async (...drawn) =>
    (await import('../report/backupShow.js')).backupShowScreen(...drawn),
  'backup verify': async (...drawn) =>
    (await import('../report/backupVerify.js')).backupVerifyScreen(...drawn),
  restore: async (...drawn) => (await import('../report/restore.js')).restoreScreen(...drawn),
  undo: async (...drawn) => (await import('../report/restore.js')).undoScreen(...drawn),
}
