import type { Diagnosis } from '../checks/doctor/doctor.js'
import type { ShownConfig } from '../config/show.js'
import type { CopyResult } from '../procedures/copies/copyBackups.js'
import type { ForgetResult } from '../procedures/dataFiles/forgetOld.js'
import type { ContainerRecovery } from '../procedures/dr/container.js'
import type { SliceStatus } from '../procedures/oplog/status.js'
import type { PipelineResult } from '../procedures/pipeline/run.js'
import type { PipelineStatus } from '../procedures/pipeline/status.js'
import type { DeleteResult } from '../procedures/retention/deleteBackups.js'
import type { RestoreResult } from '../procedures/restore/restore.js'
import type { UndoResult } from '../procedures/restore/undone.js'
import type { DownResult } from '../procedures/stack/down.js'
import type { StackUse } from '../procedures/stack/look.js'
import type { StackState } from '../procedures/stack/rows.js'
import type { TrialResult } from '../procedures/trial/trial.js'
import type { Canvas } from '../report/canvas.js'
import type { DryRun } from '../report/plan.js'
import type { BackupEntry, BackupList, JudgedEntry } from './backupEntries.js'
import type { CheckedConfig, ConfigPaths } from './configuration.js'
import type { Initialised } from './init.js'
import type { PitrFollowed } from './followPitr.js'
import type { MomentRestored } from './restoreMoment.js'
import type { SlicesTaken } from './pitr.js'
import type { Pruned } from './pruneBackups.js'
import type { ScheduleChanged, ShownSchedule } from './schedule.js'
import type { Backups } from './takeBackups.js'
import type { Trials } from './testRestores.js'
import type { Verification } from './verifyBackups.js'

/** Results that people can be shown, by screen. */
export interface Screens {
  'dry run': DryRun
  'dry runs': { readonly dryRuns: readonly DryRun[] }
  backup: BackupEntry
  backups: Backups
  'backup list': BackupList
  'backup show': JudgedEntry
  'backup verify': Verification
  'backup prune': Pruned
  'backup delete': DeleteResult
  trial: TrialResult
  trials: Trials
  'backup copy': CopyResult
  restore: RestoreResult
  'restore moment': MomentRestored
  undo: UndoResult
  'forget old': ForgetResult
  'stack state': StackState
  'stack stats': StackUse
  'stack down': DownResult
  'containers recovered': ContainerRecovery
  'pipeline run': PipelineResult
  'pipeline status': PipelineStatus
  'pitr slice': SlicesTaken
  'pitr followed': PitrFollowed
  'pitr status': SliceStatus
  doctor: Diagnosis
  schedule: ShownSchedule
  'schedule changed': ScheduleChanged
  'config check': CheckedConfig
  'config show': ShownConfig
  'config path': ConfigPaths
  init: Initialised
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
  'backup prune': async (...drawn) =>
    (await import('../report/backupPrune.js')).backupPruneScreen(...drawn),
  'backup delete': async (...drawn) =>
    (await import('../report/backupPrune.js')).backupDeleteScreen(...drawn),
  trial: async (...drawn) => (await import('../report/trial.js')).trialScreen(...drawn),
  trials: async (...drawn) => (await import('../report/trial.js')).trialsScreen(...drawn),
  'backup copy': async (...drawn) =>
    (await import('../report/backupCopy.js')).backupCopyScreen(...drawn),
  restore: async (...drawn) => (await import('../report/restore.js')).restoreScreen(...drawn),
  'restore moment': async (...drawn) =>
    (await import('../report/restore.js')).momentScreen(...drawn),
  undo: async (...drawn) => (await import('../report/restore.js')).undoScreen(...drawn),
  'forget old': async (...drawn) => (await import('../report/restore.js')).forgetScreen(...drawn),
  'stack state': async (...drawn) => (await import('../report/stack.js')).stackScreen(...drawn),
  'stack stats': async (...drawn) => (await import('../report/stack.js')).statsScreen(...drawn),
  'stack down': async (...drawn) => (await import('../report/stack.js')).downScreen(...drawn),
  'containers recovered': async (...drawn) =>
    (await import('../report/recovery.js')).containersScreen(...drawn),
  'pipeline run': async (...drawn) =>
    (await import('../report/pipeline.js')).pipelineRunScreen(...drawn),
  'pipeline status': async (...drawn) =>
    (await import('../report/pipeline.js')).pipelineStatusScreen(...drawn),
  'pitr slice': async (...drawn) => (await import('../report/pitr.js')).pitrSliceScreen(...drawn),
  'pitr followed': async (followed) =>
    (await import('../report/pitr.js')).pitrFollowedScreen(followed),
  'pitr status': async (...drawn) =>
    (await import('../report/pitrStatus.js')).pitrStatusScreen(...drawn),
  doctor: async (...drawn) => (await import('../report/doctor.js')).doctorScreen(...drawn),
  schedule: async (...drawn) => (await import('../report/schedule.js')).scheduleScreen(...drawn),
  'schedule changed': async (...drawn) =>
    (await import('../report/schedule.js')).scheduleChangedScreen(...drawn),
  'config check': async (...drawn) =>
    (await import('../report/configuration.js')).configCheckScreen(...drawn),
  'config show': async (shown) =>
    (await import('../config/show.js')).shownConfigText(shown).trimEnd(),
  'config path': async (paths) =>
    (await import('../report/configuration.js')).configPathScreen(paths),
  init: async (...drawn) => (await import('../report/configuration.js')).initScreen(...drawn),
}
