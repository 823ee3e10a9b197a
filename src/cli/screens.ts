import type { BackupResult } from '../procedures/backup/takeBackup.js'
import type { Canvas } from '../report/canvas.js'
import type { DryRun } from '../report/plan.js'

/** Results that people can be shown, by screen. */
export interface Screens {
  'dry run': DryRun
  backup: BackupResult
}

/** How each of them is drawn, loaded only when it is: a command that prints JSON needs none. */
export const screens: {
  readonly [Name in keyof Screens]: (result: Screens[Name], canvas: Canvas) => Promise<string>
} = {
  'dry run': async (...drawn) => (await import('../report/plan.js')).dryRunScreen(...drawn),
  backup: async (...drawn) => (await import('../report/backup.js')).backupScreen(...drawn),
}
