import type { Discarded } from '../../domain/discarded.js'
import type { ReplacedPart } from '../../domain/keptWrites.js'
import type { RestorePoint } from '../../domain/restorePoint.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import type { Compression } from '../backup/storeStream.js'
import type { ReceiptPart, Step } from '../plan.js'
import { KeptRun } from './keepWrites.js'
import type { IsCounted } from './replaced.js'

/** What becomes of the writes that a restore discards. */
export type Keeping =
  | { readonly kind: 'kept'; readonly run: KeptRun; readonly discarded: Discarded }
  | { readonly kind: 'not kept'; readonly because: string }

/** What decides whether they are kept. */
export interface KeepQuestion {
  readonly target: Target
  readonly point: RestorePoint | undefined
  readonly isReplaced: IsCounted
  readonly replaced: ReplacedPart
  readonly discarded: Discarded
  /** Whether somebody wants them. */
  readonly wanted: boolean
  readonly compression: Compression
}

/** Decides; looks at nothing more. What cannot be kept keeps nobody from restoring, and the plan says so. */
export function decideKeeping(question: KeepQuestion, world: World): Keeping {
  const { point, discarded, wanted } = question
  if (!wanted) return { kind: 'not kept', because: '--no-discarded-writes' }
  if (!point || discarded.notCounted !== null)
    return { kind: 'not kept', because: discarded.notCounted ?? 'where it begins is not known' }
  const run = new KeptRun({ ...question, point, among: discarded.among }, world)
  return { kind: 'kept', run, discarded }
}

/** What becomes of them, as a line of the plan. */
export function keepingFact(
  keeping: Keeping | undefined,
): readonly (readonly [label: string, text: string])[] {
  if (!keeping) return []
  if (keeping.kind === 'not kept')
    return [['Writes since', `they are NOT kept (${keeping.because}): nothing brings them back`]]
  const { run, discarded } = keeping
  return [['Writes since', `${keptWords(discarded)} ${run.path}${replayWords(run, discarded)}`]]
}

function keptWords({ operations, more }: Discarded): string {
  return operations === 0 && more === null
    ? 'none so far; what comes before the data is replaced is kept in'
    : 'kept in'
}

function replayWords({ id, isExact }: KeptRun, { among }: Discarded): string {
  if (!isExact)
    return '; the backup was taken without its oplog and may hold some of them already: ops cannot play them back'
  return among.length > 0
    ? '; those of an earlier restore are among them: ops cannot play them back'
    : `; they can be played back afterwards: ops pitr replay ${id}`
}

/** The step that keeps them: the last before anything is replaced. */
export function keepSteps(keeping: Keeping | undefined): readonly Step[] {
  return keeping?.kind === 'kept' ? [keeping.run.keep()] : []
}

/** The step that tells what is written afterwards from what the restore wrote: the first after its proof. */
export function markSteps(keeping: Keeping | undefined): readonly Step[] {
  return keeping?.kind === 'kept' ? [keeping.run.mark()] : []
}

/** What the receipt tells of them. */
export function keepingPart(keeping: Keeping | undefined): Pick<ReceiptPart, 'keptWrites'> {
  const record = keeping?.kind === 'kept' ? keeping.run.record : undefined
  return record ? { keptWrites: record } : {}
}

/** Where they are, for scripts. */
export interface KeptBrief {
  readonly id: string
  readonly file: string
  readonly operations: number
}

/** What the result tells of them: null where none are kept. */
export function keptBrief(keeping: Keeping | undefined): KeptBrief | null {
  if (keeping?.kind !== 'kept' || !keeping.run.manifest) return null
  const { path, manifest } = keeping.run
  return { id: manifest.id, file: path, operations: manifest.operations }
}
