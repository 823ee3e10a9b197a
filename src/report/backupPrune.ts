import type { Verdict } from '../domain/retention/verdict.js'
import type { PlacePruned } from '../procedures/retention/prunePlace.js'
import type { Canvas } from './canvas.js'
import { bytes, counted } from './format/bytes.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'
import { table } from './table.js'

/** What is drawn of a prune. */
export interface PruneRow {
  readonly target: string
  readonly verdicts: readonly Verdict[]
  readonly removed: readonly string[]
  readonly erased: readonly string[]
  readonly slices: { readonly removed: number; readonly bytes: number }
  readonly heldBack: readonly string[]
  readonly receipt: string | null
  readonly places: readonly PlaceRow[]
}

/** What is drawn of the copies at a place. */
type PlaceRow = Pick<
  PlacePruned,
  'place' | 'verdicts' | 'removed' | 'refused' | 'slices' | 'swept' | 'failure'
>

/** A dry run: every backup with its verdict and all reasons. A run: what went, and how to take it back. */
export function backupPruneScreen(
  { dryRun, targets }: { readonly dryRun: boolean; readonly targets: readonly PruneRow[] },
  canvas: Canvas,
): string {
  return targets
    .flatMap((row) => [
      dryRun ? verdictsOf(row, canvas) : doneOf(row, canvas),
      ...row.places.map((place) =>
        dryRun ? placeVerdicts(row.target, place, canvas) : placeDone(row.target, place, canvas),
      ),
    ])
    .join('\n')
}

const staysBecause = 'stays in the trash: the shelf holds no good one of its kind'

function verdictsOf(
  { target, verdicts, erased, slices, heldBack }: PruneRow,
  canvas: Canvas,
): string {
  const going = verdicts.filter(({ keep }) => !keep).length
  const head = `DRY RUN  ${visible(target)}: ${counted(verdicts.length, 'backup')}, ${going.toString()} would go to the trash, ${erased.length.toString()} would be deleted from it`
  const stays = heldBack.map((id) => `  ${id}  ${staysBecause}`)
  const along =
    slices.removed > 0
      ? [`  with ${counted(slices.removed, 'slice')} of the oplog (${bytes(slices.bytes)})`]
      : []
  const top = [head, ...along, ...stays].join('\n')
  return canvas.terminal ? headed(top, verdicts, canvas) : verdictTable(verdicts, canvas)
}

function placeVerdicts(target: string, row: PlaceRow, canvas: Canvas): string {
  const { place, verdicts, failure } = row
  const going = verdicts.filter(({ keep }) => !keep).length
  const what = `${visible(target)} in ${visible(place)}`
  if (failure) return `DRY RUN  ${what}: ${visible(failure.message)}`
  const head = `DRY RUN  ${what}: ${counted(verdicts.length, 'copy', 'copies')}, ${going.toString()} would be removed for good`
  return headed(head, verdicts, canvas)
}

function headed(head: string, verdicts: readonly Verdict[], canvas: Canvas): string {
  if (verdicts.length === 0) return head
  return `${head}\n${canvas.terminal ? '\n' : ''}${verdictTable(verdicts, canvas)}`
}

function placeDone(target: string, row: PlaceRow, canvas: Canvas): string {
  const { good, bad } = paint(canvas)
  const { place, verdicts, removed, refused, slices, swept, failure } = row
  const kept = verdicts.length - removed.length
  const what = `${visible(target)} in ${visible(place)}`
  return [
    failure
      ? `${bad('✗')} ${what}: ${visible(failure.message)}`
      : `${good('✔')} ${what}: ${counted(removed.length, 'copy', 'copies')} removed for good, ${kept.toString()} kept`,
    ...removed.map((id) => `  ${id}  removed`),
    ...(slices.removed > 0
      ? [`  with ${counted(slices.removed, 'slice')} of the oplog (${bytes(slices.bytes)})`]
      : []),
    ...refused.map(({ id, because }) => `  ${id}  stays: ${visible(because)}`),
    ...swept.map((id) => `  ${id}  the rest of a removal that was cut off is gone`),
  ].join('\n')
}

function verdictTable(verdicts: readonly Verdict[], canvas: Canvas): string {
  const { good, warning } = paint(canvas)
  const columns = [
    { title: 'ID' },
    {
      title: 'VERDICT',
      paint: (text: string, cell: string) => (cell === 'keep' ? good(text) : warning(text)),
    },
    { title: 'WHY' },
  ]
  const rows = verdicts.map(({ id, keep, reasons }) => [
    id,
    keep ? 'keep' : 'remove',
    reasons.map(({ says }) => says).join('; '),
  ])
  return table(columns, rows, canvas)
}

function doneOf(
  { target, verdicts, removed, slices, erased, heldBack, receipt }: PruneRow,
  canvas: Canvas,
): string {
  const { good } = paint(canvas)
  const kept = verdicts.length - removed.length
  return [
    `${good('✔')} ${visible(target)}: ${counted(removed.length, 'backup')} moved to the trash, ${kept.toString()} kept`,
    ...removed.map((id) => `  ${id}  in the trash`),
    ...(slices.removed > 0
      ? [`  ${counted(slices.removed, 'slice')} of the oplog with them (${bytes(slices.bytes)})`]
      : []),
    ...erased.map((id) => `  ${id}  deleted for good`),
    ...heldBack.map((id) => `  ${id}  ${staysBecause}`),
    ...(receipt === null ? [] : [`  Take it back: ops undo ${receipt}`]),
  ].join('\n')
}

/** Backups that were named and moved to the trash. */
export function backupDeleteScreen(
  { removed, receipt }: { readonly removed: readonly string[]; readonly receipt: string | null },
  canvas: Canvas,
): string {
  const { good } = paint(canvas)
  return [
    ...removed.map((id) => `${good('✔')} ${id}  in the trash`),
    ...(receipt === null ? [] : [`  Take it back: ops undo ${receipt}`]),
  ].join('\n')
}
