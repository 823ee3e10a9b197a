import type { Retained } from '../procedures/retention/afterBackup.js'
import type { DataFilesFacts } from '../domain/dataFiles.js'
import { documentsOf, type BackupRow } from './backupRow.js'
import type { Canvas } from './canvas.js'
import { bytes, count, counted } from './format/bytes.js'
import { duration } from './format/durations.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'

/** A backup just taken. */
export type BackupDone = BackupRow & {
  readonly path: string
  readonly dataFiles?: DataFilesFacts
  readonly pruned?: Retained
}

/** What was taken, and where it lies. */
export function backupScreen(backup: BackupDone, canvas: Canvas): string {
  const { good } = paint(canvas)
  const collections = Object.keys(backup.collections).length
  return [
    `${good('✔')} Backup ${backup.id}  ${bytes(backup.bytes)}  ${duration(backup.seconds)}  ${good(backup.trust)}`,
    `  ${count(documentsOf(backup))} documents in ${counted(collections, 'collection')}, ${bytes(backup.rawBytes)} before compression`,
    ...(backup.dataFiles
      ? [`  Data files; writes waited ${duration(backup.dataFiles.lockSeconds)}`]
      : []),
    `  ${visible(backup.path)}`,
    ...prunedLines(backup.pruned),
  ].join('\n')
}

/** What went, by name where it is gone for good. */
function prunedLines(pruned: Retained | undefined): readonly string[] {
  if (!pruned) return []
  const { removed, erased, receipt } = pruned
  return [
    ...(removed.length > 0
      ? [`  ${counted(removed.length, 'older backup')} moved to the trash`]
      : []),
    ...erased.map((id) => `  ${id}  deleted from the trash for good`),
    ...(receipt === null ? [] : [`  Bring back what was moved: ops undo ${receipt}`]),
  ]
}

/** Several of them. */
export function backupsScreen(
  { backups }: { readonly backups: readonly BackupDone[] },
  canvas: Canvas,
): string {
  return backups.map((backup) => backupScreen(backup, canvas)).join('\n')
}
