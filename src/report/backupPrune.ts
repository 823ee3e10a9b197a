import type { Verdict } from '../domain/retention/verdict.js'
import type { Canvas } from './canvas.js'
import { counted } from './format/bytes.js'
import { visible } from './format/visible.js'
import { paint } from './paint.js'
import { table } from './table.js'

/** What is drawn of a prune. */
export interface PruneRow {
  readonly target: string
  readonly verdicts: readonly Verdict[]
  readonly removed: readonly string[]
  readonly erased: readonly string[]
  readonly heldBack: readonly string[]
  readonly receipt: string | null
}

/** A dry run: every backup with its verdict and all reasons. A run: what went, and how to take it back. */
export function backupPruneScreen(
  { dryRun, targets }: { readonly dryRun: boolean; readonly targets: readonly PruneRow[] },
  canvas: Canvas,
): string {
  return targets.map((row) => (dryRun ? verdictsOf(row, canvas) : doneOf(row, canvas))).join('\n')
}

const staysBecause = 'stays in the trash: the shelf holds no good one of its kind'

function verdictsOf({ target, verdicts, erased, heldBack }: PruneRow, canvas: Canvas): string {
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
  const drawn = table(columns, rows, canvas)
  if (!canvas.terminal) return drawn
  const going = verdicts.filter(({ keep }) => !keep).length
  const head = `DRY RUN  ${visible(target)}: ${counted(verdicts.length, 'backup')}, ${going.toString()} would go to the trash, ${erased.length.toString()} would be deleted from it`
  const stays = heldBack.map((id) => `  ${id}  ${staysBecause}`)
  const top = [head, ...stays].join('\n')
  return verdicts.length === 0 ? top : `${top}\n\n${drawn}`
}

function doneOf(
  { target, verdicts, removed, erased, heldBack, receipt }: PruneRow,
  canvas: Canvas,
): string {
  const { good } = paint(canvas)
  const kept = verdicts.length - removed.length
  return [
    `${good('✔')} ${visible(target)}: ${counted(removed.length, 'backup')} moved to the trash, ${kept.toString()} kept`,
    ...removed.map((id) => `  ${id}  in the trash`),
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
