import type { ForgetResult } from '../procedures/dataFiles/forgetOld.js'
import type { KeptAnswer } from '../procedures/discarded/keeping.js'
import type { MomentResult } from '../procedures/moment/restoreMoment.js'
import type { RestoreResult } from '../procedures/restore/restore.js'
import type { UndoResult } from '../procedures/restore/undone.js'
import type { Canvas } from './canvas.js'
import { count } from './format/bytes.js'
import { duration } from './format/durations.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'

/** A restore: what came back, counted, and how to take it back. */
export function restoreScreen(result: RestoreResult, canvas: Canvas): string {
  const { good } = paint(canvas)
  const where = result.into === null ? result.target : `database ${result.into}`
  const counted = Object.entries(result.collections).map(
    ([name, { documents, expected }]) =>
      `  ${visible(name)}  ${count(documents)} of ${count(expected)} documents`,
  )
  return [
    `${good('✔')} Restored ${visible(result.id)} to ${visible(where)} in ${duration(result.seconds)}`,
    ...counted,
    ...result.dropped.map((name) => `  ${visible(name)}  gone: it is not in the backup`),
    ...(result.safetyBackup === null ? [] : [`  Before it: ${result.safetyBackup}`]),
    ...keptLines(result),
    ...(result.receipt === null ? [] : [`  Take it back: ops undo ${result.receipt}`]),
  ].join('\n')
}

/** Where the writes are that it discarded. */
function keptLines({ discardedWrites: kept, discardedNotKept: because }: KeptAnswer): string[] {
  if (!kept) return because === undefined ? [] : [`  Discarded, and NOT kept: ${visible(because)}`]
  return [
    `  Discarded: ${count(kept.operations)} operations, kept in ${visible(kept.file)}`,
    `  Play them back: ops pitr replay ${visible(kept.id)} --dry-run`,
  ]
}

/** A restore to a moment: what came back, from what, and where slices go on. */
export function momentScreen(
  result: MomentResult & { readonly nextBase: string | null },
  canvas: Canvas,
): string {
  const { good } = paint(canvas)
  const counted = Object.entries(result.collections).map(
    ([name, { documents }]) => `  ${visible(name)}  ${count(documents)} documents`,
  )
  const { moment, slices, operations, nextBase } = result
  const from = `from ${visible(result.id)}, ${count(slices)} slices, ${count(operations)} operations`
  return [
    `${good('✔')} Restored ${visible(result.target)} to ${moment.time} in ${duration(result.seconds)} (${from})`,
    ...counted,
    ...result.dropped.map((name) => `  ${visible(name)}  gone: it was not there then`),
    ...(nextBase === null ? [] : [`  New base: ${visible(nextBase)}`]),
    ...(result.safetyBackup === null ? [] : [`  Before it: ${result.safetyBackup}`]),
    ...keptLines(result),
    ...(result.receipt === null ? [] : [`  Take it back: ops undo ${result.receipt}`]),
  ].join('\n')
}

/** An undo: what it took back, and how. */
export function undoScreen(result: UndoResult, canvas: Canvas): string {
  const { good } = paint(canvas)
  const head = `${good('✔')} Taken back: ${result.undone}`
  if (result.restored) return `${head}\n${restoreScreen(result.restored, canvas)}`
  const { removed = 0, kept = [], stay = [] } = result.takenAway ?? {}
  return [
    head,
    ...(result.takenAway ? [`  documents that had been put back, removed: ${count(removed)}`] : []),
    ...kept.map((one) => `  documents kept, ${one.because}: ${count(one.count)}`),
    ...stay.map((name) => `  ${visible(name)}  stays: it was written to since`),
    ...result.dropped.map((name) => `  ${visible(name)}  dropped`),
    ...result.returned.map((id) => `  ${visible(id)}  back on the shelf`),
  ].join('\n')
}

/** Data files that were put aside and are gone now. */
export function forgetScreen({ forgotten }: ForgetResult, canvas: Canvas): string {
  const { good } = paint(canvas)
  return forgotten.map((folder) => `${good('✔')} Removed ${visible(folder)}`).join('\n')
}
