import type { Discarded } from '../../domain/discarded.js'
import { Failure } from '../../domain/failure.js'
import type { ReplacedPart } from '../../domain/keptWrites.js'
import type { RestorePoint } from '../../domain/restorePoint.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import type { Compression } from '../backup/storeStream.js'
import type { ReceiptPart, Step } from '../plan.js'
import { hasRoom, roomWords, type KeepingRoom } from './keepingRoom.js'
import { KeptRun } from './keepWrites.js'
import type { IsCounted } from './replaced.js'

/** The option with which somebody says that they are not to be kept. */
const notWanted = '--no-discarded-writes'

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
  /** Whether the state that the writes led to is saved before anything is replaced. */
  readonly isSaved: boolean
  readonly compression: Compression
  readonly room: KeepingRoom
}

/**
 * Decides; looks at nothing more. What cannot be kept keeps nobody from restoring, and the plan says so. Throws `SHELF_TOO_SMALL`
 * (space) where there is no room for them and nothing else is saved.
 */
export function decideKeeping(question: KeepQuestion, world: World): Keeping {
  const { point, discarded, wanted } = question
  if (!wanted) return { kind: 'not kept', because: notWanted }
  const { notCounted, more, among } = discarded
  // What could only not be counted in time can be kept all the same.
  if (!point || (notCounted !== null && more === null))
    return { kind: 'not kept', because: notCounted ?? 'where it begins is not known' }
  const isSaved = question.isSaved || notCounted !== null
  if (!hasRoom(question.room)) {
    const because = `there is no room for them: ${roomWords(question.room)}`
    if (isSaved) return { kind: 'not kept', because }
    throw tooSmall(because)
  }
  const run = new KeptRun({ ...question, point, among, isSaved }, world)
  return { kind: 'kept', run, discarded }
}

function tooSmall(because: string): Failure {
  return new Failure(
    'space',
    'SHELF_TOO_SMALL',
    `the writes that this restore discards cannot be kept, and nothing else is saved (--no-safety-backup): ${because}; nothing was touched`,
    ['df -h', 'ops backup list', 'ops restore --no-discarded-writes   (goes on without them)'],
  )
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
export function keepingPart(
  keeping: Keeping | undefined,
): Pick<ReceiptPart, 'keptWrites' | 'discardedNotKept'> {
  if (keeping?.kind !== 'kept') return {}
  const { record, notKept } = keeping.run
  return {
    ...(record ? { keptWrites: record } : {}),
    ...(notKept === undefined ? {} : { discardedNotKept: notKept }),
  }
}

/** What the result tells of them: where they are, or why they are not kept although somebody wanted them. */
export interface KeptAnswer {
  /** The file of the writes that it discarded; null where none is kept, absent where nobody asked for it. */
  readonly discardedWrites?: KeptBrief | null
  /** Why they could not be kept. */
  readonly discardedNotKept?: string
}

/** What the result of a restore tells of them. */
export function keptAnswer(keeping: Keeping | undefined): KeptAnswer {
  if (!keeping) return {}
  const because = keeping.kind === 'kept' ? keeping.run.notKept : keeping.because
  const isAsked = because === notWanted
  return {
    discardedWrites: keptBrief(keeping),
    ...(because === undefined || isAsked ? {} : { discardedNotKept: because }),
  }
}

/** Where they are, for scripts. */
interface KeptBrief {
  readonly id: string
  readonly file: string
  readonly operations: number
}

/** Null where none are kept. */
function keptBrief(keeping: Keeping | undefined): KeptBrief | null {
  if (keeping?.kind !== 'kept' || !keeping.run.manifest) return null
  const { path, manifest } = keeping.run
  return { id: manifest.id, file: path, operations: manifest.operations }
}
