import {
  contentWord,
  copiesOf,
  documentsOf,
  keptBy,
  paintState,
  stateWord,
  type JudgedRow,
} from './backupRow.js'
import type { Canvas } from './canvas.js'
import { bytes, count, counted } from './format/bytes.js'
import { duration } from './format/durations.js'
import { momentCell } from './format/times.js'
import { table } from './table.js'

/** The catalog, newest first. In a pipe numbers and times are exact: bytes, seconds, RFC 3339. */
export function backupListScreen(
  { backups }: { readonly backups: readonly JudgedRow[] },
  canvas: Canvas,
): string {
  const { terminal } = canvas
  const columns = [
    { title: 'ID' },
    { title: 'TARGET' },
    { title: 'TAKEN' },
    { title: 'TRUST', paint: paintState(canvas) },
    { title: 'DOCUMENTS', align: 'right' as const },
    { title: 'SIZE', align: 'right' as const },
    { title: 'TOOK', align: 'right' as const },
    { title: 'PURPOSE' },
    { title: 'CONTENT' },
    { title: 'COPIES' },
    { title: 'KEPT BY' },
  ]
  const rows = backups.map((backup) => [
    backup.id,
    backup.target,
    momentCell(backup.takenAt, canvas),
    stateWord(backup),
    terminal ? count(documentsOf(backup)) : documentsOf(backup).toString(),
    terminal ? bytes(backup.bytes) : backup.bytes.toString(),
    terminal ? duration(backup.seconds) : backup.seconds.toString(),
    backup.purpose,
    contentWord(backup),
    copiesOf(backup),
    keptBy(backup),
  ])
  if (!terminal) return table(columns, rows, canvas)
  if (backups.length === 0) return 'No backups yet.  ops backup takes one.'
  const good = backups.filter((backup) => ['sound', 'restore-tested'].includes(stateWord(backup)))
  const size = bytes(backups.reduce((sum, backup) => sum + backup.bytes, 0))
  const header = `${counted(backups.length, 'backup')}, ${count(good.length)} of them good, ${size}`
  return `${header}\n\n${table(columns, rows, canvas)}`
}
