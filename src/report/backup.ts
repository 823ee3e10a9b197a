import type { BackupResult } from '../procedures/backup/takeBackup.js'
import type { Canvas } from './canvas.js'
import { bytes, count, counted } from './format/bytes.js'
import { duration } from './format/durations.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'

/** A backup just taken, in two lines: what it is, and where. */
export function backupScreen(backup: BackupResult, canvas: Canvas): string {
  const { good } = paint(canvas)
  const collections = Object.values(backup.collections)
  const documents = collections.reduce((sum, collection) => sum + collection.documents, 0)
  return [
    `${good('✔')} Backup ${backup.id}  ${bytes(backup.bytes)}  ${duration(backup.seconds)}  ${good(backup.trust)}`,
    `  ${count(documents)} documents in ${counted(collections.length, 'collection')}, ${bytes(backup.rawBytes)} before compression`,
    `  ${visible(backup.path)}`,
  ].join('\n')
}
