import { waysFromDamaged } from '../../domain/cutOffWords.js'
import { Failure } from '../../domain/failure.js'
import { hasWayBack, leftHalf, putBackDamaged, toldOf, wayBackOf } from '../../domain/leftHalf.js'
import type { Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'

/** Runs of a target that left its data half done, newest first: see `leftHalf`. */
export async function halfDone(
  target: Pick<Target, 'name' | 'databases'>,
  world: Pick<World, 'receipts'>,
): Promise<readonly Receipt[]> {
  return (await notWhole(target, world)).filter(({ system }) => system === undefined)
}

/**
 * The same, and a system that was rebuilt half-way: that is not the target's own record, and never to be saved as told here. `next` is
 * what is about to be done, as its record would be.
 */
export async function notWhole(
  target: Pick<Target, 'name' | 'databases'>,
  { receipts }: Pick<World, 'receipts'>,
  next: readonly Receipt[] = [],
): Promise<readonly Receipt[]> {
  const all: Receipt[] = [...next]
  const gone = new Set<string>()
  for (const receipt of await receipts.list()) {
    const told = toldOf(receipt, target)
    if (!told) continue
    all.push(told)
    if (await receipts.abandoned(receipt)) gone.add(receipt.id)
  }
  return leftHalf(all, gone, target)
}

/**
 * A backup of data that is half of one state and half of another would pass for a good one, and be the newest. Throws
 * `LEFT_HALF` (refused) while a restore left this target so; whoever put it right by hand says so with `settled`.
 */
export async function requireWhole(
  target: Target,
  world: Pick<World, 'receipts'>,
  settled?: string,
): Promise<void> {
  const [first] = (await notWhole(target, world)).filter(({ id }) => id !== settled)
  if (!first) return
  throw new Failure(
    'refused',
    'LEFT_HALF',
    `${halfText(first)}: a backup of it would pass for a good one`,
    [...waysOn(first), `ops backup --settled ${first.id}   (if you put the data right by hand)`],
    { facts: { receipt: first.id } },
  )
}

/** What was left half done, and by what. */
export function halfText(receipt: Receipt): string {
  const { target, title, startedAt, state } = receipt
  if (state === 'done' && putBackDamaged(receipt))
    return `the data files of ${target} are damaged: "${title}" of ${startedAt} put them in place again`
  const how = {
    done: 'put back what an earlier one had left so',
    started: 'was cut off after it had begun to replace it',
    undone: 'had been cut off and taken back, and what it left was brought back since',
  } as const
  const told =
    state === 'failed' || state === 'rolled-back' ? 'failed and was not taken back' : how[state]
  return `the data of ${target} is half of one state and half of another: "${title}" of ${startedAt} ${told}`
}

/** What to type to have the data whole again. */
export function waysOn(receipt: Receipt): readonly string[] {
  const { id, command, target, dataFiles, savedHalf, carried, again = `ops ${command}` } = receipt
  if (putBackDamaged(receipt)) return waysFromDamaged(receipt, target)
  const savedWhole = carried !== undefined || savedHalf === undefined
  const back = dataFiles !== undefined || (savedWhole && hasWayBack(wayBackOf(receipt)))
  return [...(back ? [`ops undo ${id}`] : []), ...(dataFiles ? [] : [again])]
}

/**
 * The same under the lock: what somebody says he put right by hand is written down first. Throws `RECEIPT_NOT_FOUND` (not-found)
 * where that run left nothing half done.
 */
export async function settleAndRequireWhole(
  target: Target,
  world: Pick<World, 'receipts' | 'clock' | 'host'>,
  settled: string | undefined,
): Promise<void> {
  if (settled !== undefined) await settle(settled, target, world)
  await requireWhole(target, world)
}

async function settle(
  id: string,
  target: Target,
  world: Pick<World, 'receipts' | 'clock' | 'host'>,
): Promise<void> {
  const receipt = await world.receipts.read(id)
  if (receipt && (await notWhole(target, world)).some((each) => each.id === id)) {
    const at = world.clock.now().toISOString()
    const because = `${world.host.user} says that the data was put right by hand`
    await world.receipts.save({ ...receipt, settled: { at, because } })
    return
  }
  // Said before: a backup that failed after it is tried again with the same words.
  if (receipt?.settled) return
  throw new Failure(
    'not-found',
    'RECEIPT_NOT_FOUND',
    `${id} left nothing of "${target.name}" half done`,
    ['ops doctor', 'ops backup'],
  )
}
