import { stateAfterCutOff } from '../../domain/cutOffWords.js'
import { replacedData, replacesAllOf } from '../../domain/leftHalf.js'
import type { Receipt } from '../../domain/receipt.js'
import { newestFirst } from '../../domain/receiptOrder.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { abandonedRuns, closeCutOff } from '../cutOff.js'
import type { Step, StepContext } from '../plan.js'
import { halfDone } from './requireWhole.js'
import type { Touched } from './stateBefore.js'

/**
 * Procedures on a target that were cut off half-way: their process is gone, their record still says `started`. A copy of
 * the data files is none of them: it changes no data.
 */
export function unfinished(
  { name }: Pick<Target, 'name'>,
  world: Pick<World, 'receipts'>,
): Promise<readonly Receipt[]> {
  return abandonedRuns(world, (receipt) => !touchesNoData(receipt) && receipt.target === name)
}

/**
 * What was cut off on the shelf or at a place alone is finished by the next sweep; no data is half changed. What a recovery of
 * a whole system or of containers left is told of besides.
 */
function touchesNoData({ shelf, copies, writesLocked, system, containers }: Receipt): boolean {
  return (shelf ?? copies ?? writesLocked ?? system ?? containers) !== undefined
}

/** Services that runs on a target stopped, and that none has started again since. */
export async function stoppedBefore(target: Target, world: World): Promise<readonly string[]> {
  const stopped: string[] = []
  for (const receipt of await world.receipts.list()) {
    if (receipt.target !== target.name || touchesNoData(receipt)) continue
    // Whatever went through after it has started them again, or was told not to.
    if (receipt.state === 'done' || receipt.state === 'undone') break
    stopped.push(...(receipt.stopped ?? []))
  }
  return [...new Set(stopped)]
}

/** What to say of one: what was begun, how far it came, and the ways on. */
export function unfinishedText(receipt: Receipt): string {
  const { title, startedAt, steps, stopped = [] } = receipt
  const last = steps.at(-1)
  return [
    `"${title}" of ${startedAt} was cut off${last === undefined ? '' : ` after "${last}"`}: ${stateAfterCutOff(receipt)}`,
    ...(stopped.length === 0 ? [] : [`these services may still be stopped: ${stopped.join(', ')}`]),
    waysText(receipt),
  ].join('; ')
}

function waysText(receipt: Receipt): string {
  const { id, command, safetyBackup, dataFiles, putBack, system, replicaSet } = receipt
  const { again = `ops ${command}` } = receipt
  if (dataFiles)
    return `"ops undo ${id}" puts the files before it back${command === 'dr corruption' ? `, or "${again}" goes on: it takes back what was begun, and does it anew` : ''}`
  if (putBack) return `"${again}" goes on, or "ops undo ${id}" removes what was put back`
  if (system) return `"${again}" goes on, or "ops undo ${id}" takes away what was made`
  if (replicaSet) return `"${again}" goes on, or "ops undo ${id}" makes it a standalone again`
  if (safetyBackup === undefined) return `run "${again}" again`
  return `"ops undo ${id}" brings the state before it back (${safetyBackup}), or run "${again}" again`
}

/**
 * What left data half done, and what was cut off before it could, each once. Of what was cut off later than that, only what nothing has
 * replaced since.
 */
async function leftBehind(
  target: Target,
  world: Pick<World, 'receipts'>,
): Promise<readonly Receipt[]> {
  const half = await halfDone(target, world)
  const others = (await unfinished(target, world)).filter((receipt) => !replacedData(receipt))
  return [...half, ...others]
}

/**
 * The same for whoever asks what is the matter with a target, with what was cut off under the name of its project: a system that was
 * being rebuilt, containers that were being brought back. Newest first: what an older one left may be what the newest was to put right.
 */
export async function cutOffAround(
  target: Target,
  world: Pick<World, 'receipts'>,
): Promise<readonly Receipt[]> {
  const around = await abandonedRuns(world, ({ system, containers }) =>
    [...(system?.targets ?? []), ...(containers?.targets ?? [])].includes(target.name),
  )
  return [...(await leftBehind(target, world)), ...around].toSorted(newestFirst)
}

/** What a restore that goes through replaces whole: what was cut off, and what failed and was not taken back. */
export async function putRightBy(
  touched: Touched | undefined,
  target: Target,
  world: Pick<World, 'receipts'>,
): Promise<readonly Receipt[]> {
  if (!touched) return []
  return (await leftBehind(target, world)).filter((earlier) =>
    replacesAllOf({ touched }, earlier, target.databases),
  )
}

/**
 * A restore that went through replaces whatever these left half done: their records are closed. Where it put their files `aside`, into
 * that folder, only for as long as they lie there.
 */
export function closeUnfinished(
  receipts: readonly Receipt[],
  world: World,
  aside?: string,
): readonly Step[] {
  const closed = (receipt: Receipt, { warn }: StepContext): Receipt => {
    const { title, startedAt, state } = receipt
    const how = state === 'started' ? 'was cut off' : 'was not taken back'
    warn(
      `"${title}" of ${startedAt} ${how}; what it may have left half done is replaced now, and its record is closed`,
    )
    const at = world.clock.now().toISOString()
    const settled = {
      ...{ at, because: 'a later restore replaced what it left' },
      ...(aside === undefined ? {} : { aside }),
    }
    const error = {
      code: 'CUT_OFF',
      message: 'it was killed half-way; a later restore replaced what it left',
    }
    return {
      ...receipt,
      ...(state === 'started' ? { state: 'failed', error } : {}),
      settled,
      stopped: [],
    }
  }
  return closeCutOff(receipts, world, closed, 'Close the records of what was left half done before')
}
