import type { Diagnosis } from '../checks/doctor/doctor.js'
import type { UptimeReport } from '../checks/health/uptime.js'
import type { Status } from '../checks/status/status.js'
import type { Troubles } from '../checks/troubleshoot/judge.js'
import type { ShownConfig } from '../config/show.js'
import type { CopyResult } from '../procedures/copies/copyBackups.js'
import type { CheckedData } from '../procedures/data/checkData.js'
import type { DuplicatesFound } from '../procedures/data/duplicates.js'
import type { ForgetResult } from '../procedures/dataFiles/forgetOld.js'
import type { Bisected } from '../procedures/dr/bisect/bisectFacts.js'
import type { DeletionPutBack } from '../procedures/dr/deletion.js'
import type { FoundDeletions } from '../procedures/dr/findDeletions.js'
import type { ContainerRecovery } from '../procedures/dr/container.js'
import type { SystemRecovery } from '../procedures/dr/system/recoverSystem.js'
import type { SliceStatus } from '../procedures/oplog/status.js'
import type { PipelineResult } from '../procedures/pipeline/run.js'
import type { PipelineStatus } from '../procedures/pipeline/status.js'
import type { DeleteResult } from '../procedures/retention/deleteBackups.js'
import type { Replayed } from '../procedures/replay/replay.js'
import type { Enabled } from '../procedures/replicaSet/enabling.js'
import type { RestoreResult } from '../procedures/restore/restore.js'
import type { UndoResult } from '../procedures/restore/undone.js'
import type { DownResult } from '../procedures/stack/down.js'
import type { GroupedLogs } from '../procedures/stack/groupLogs.js'
import type { StackUse } from '../procedures/stack/look.js'
import type { StackState } from '../procedures/stack/rows.js'
import type { UseHistory } from '../procedures/stack/useHistory.js'
import type { TrialResult } from '../procedures/trial/trial.js'
import type { Canvas } from '../report/canvas.js'
import type { DryRun } from '../report/plan.js'
import type { BackupEntry, BackupList, JudgedEntry } from './backupEntries.js'
import type { CheckedConfig, ConfigPaths } from './configuration.js'
import type { Drilled } from './drill.js'
import type { Initialised } from './init.js'
import type { PitrFollowed } from './followPitr.js'
import type { ReadinessReport } from './readiness.js'
import type { CorruptionRecovered } from './recoverCorruption.js'
import type { ShownHealth } from './savedHealth.js'
import type { MomentRestored } from './restoreMoment.js'
import type { SlicesTaken } from './pitr.js'
import type { Pruned } from './pruneBackups.js'
import type { ScheduleChanged, ShownSchedule } from './schedule.js'
import type { Backups } from './takeBackups.js'
import type { Trials } from './testRestores.js'
import type { TroubleFixed } from './troubleshoot.js'
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
  'stack use': UseHistory
  'stack down': DownResult
  'log patterns': GroupedLogs
  'containers recovered': ContainerRecovery
  'system recovered': SystemRecovery
  drills: Drilled
  'corruption recovered': CorruptionRecovered
  readiness: ReadinessReport
  scenarios: ReadinessReport
  deletions: FoundDeletions
  'deletion put back': DeletionPutBack
  bisected: Bisected
  'pipeline run': PipelineResult
  'pipeline status': PipelineStatus
  'pitr slice': SlicesTaken
  'pitr enabled': Enabled
  'pitr followed': PitrFollowed
  'pitr replayed': Replayed
  'pitr status': SliceStatus
  'data check': CheckedData
  'data duplicates': DuplicatesFound
  doctor: Diagnosis
  roles: { readonly target: string; readonly script: string }
  status: Status
  troubles: Troubles
  'trouble fixed': TroubleFixed
  'status whole': Status
  health: ShownHealth
  uptime: UptimeReport
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
  'stack use': async (...drawn) =>
    (await import('../report/useHistory.js')).useHistoryScreen(...drawn),
  'stack down': async (...drawn) => (await import('../report/stack.js')).downScreen(...drawn),
  'log patterns': async (...drawn) =>
    (await import('../report/logs.js')).logPatternsScreen(...drawn),
  'containers recovered': async (...drawn) =>
    (await import('../report/recovery.js')).containersScreen(...drawn),
  'system recovered': async (...drawn) =>
    (await import('../report/systemRecovery.js')).systemScreen(...drawn),
  drills: async (...drawn) => (await import('../report/drill.js')).drillsScreen(...drawn),
  'corruption recovered': async (...drawn) =>
    (await import('../report/corruption.js')).corruptionScreen(...drawn),
  readiness: async (...drawn) => (await import('../report/readiness.js')).readinessScreen(...drawn),
  scenarios: async (...drawn) => (await import('../report/readiness.js')).scenariosScreen(...drawn),
  bisected: async (...drawn) => (await import('../report/bisect.js')).bisectedScreen(...drawn),
  deletions: async (...drawn) => (await import('../report/deletion.js')).deletionsScreen(...drawn),
  'deletion put back': async (...drawn) =>
    (await import('../report/deletion.js')).putBackScreen(...drawn),
  'pipeline run': async (...drawn) =>
    (await import('../report/pipeline.js')).pipelineRunScreen(...drawn),
  'pipeline status': async (...drawn) =>
    (await import('../report/pipeline.js')).pipelineStatusScreen(...drawn),
  'pitr enabled': async (...drawn) =>
    (await import('../report/pitrEnabled.js')).pitrEnabledScreen(...drawn),
  'pitr slice': async (...drawn) => (await import('../report/pitr.js')).pitrSliceScreen(...drawn),
  'pitr followed': async (followed) =>
    (await import('../report/pitr.js')).pitrFollowedScreen(followed),
  'pitr replayed': async (...drawn) => (await import('../report/replay.js')).replayScreen(...drawn),
  'pitr status': async (...drawn) =>
    (await import('../report/pitrStatus.js')).pitrStatusScreen(...drawn),
  'data check': async (...drawn) => (await import('../report/data.js')).dataScreen(...drawn),
  'data duplicates': async (...drawn) =>
    (await import('../report/duplicates.js')).duplicatesScreen(...drawn),
  doctor: async (...drawn) => (await import('../report/doctor.js')).doctorScreen(...drawn),
  health: async (...drawn) => (await import('../report/health.js')).healthScreen(...drawn),
  uptime: async (...drawn) => (await import('../report/uptime.js')).uptimeScreen(...drawn),
  // It is fed to another program: byte for byte.
  roles: ({ script }) => Promise.resolve(script.trimEnd()),
  status: async (...drawn) => (await import('../report/status.js')).statusScreen(...drawn),
  troubles: async (...drawn) =>
    (await import('../report/troubleshoot.js')).troublesScreen(...drawn),
  'trouble fixed': async (...drawn) =>
    (await import('../report/troubleshoot.js')).troubleFixedScreen(...drawn),
  'status whole': async (...drawn) =>
    (await import('../report/status.js')).wholeStatusScreen(...drawn),
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
