import type { Receipt } from '../domain/receipt.js'
import type { World } from '../ports/world.js'
import type { Step, StepContext } from './plan.js'

/** Runs that were killed half-way, of those that are meant, newest first. */
export async function abandonedRuns(
  { receipts }: Pick<World, 'receipts'>,
  isMeant: (receipt: Receipt) => boolean,
): Promise<readonly Receipt[]> {
  const found: Receipt[] = []
  for (const receipt of await receipts.list())
    if (isMeant(receipt) && (await receipts.abandoned(receipt))) found.push(receipt)
  return found
}

/** The last step of a run that went on with what others had begun, or replaced it: their records are closed, each as `closed` has it. */
export function closeCutOff(
  cutOff: readonly Receipt[],
  { receipts }: Pick<World, 'receipts'>,
  closed: (receipt: Receipt, context: StepContext) => Receipt,
  title = 'Close the records of what was cut off before',
): readonly Step[] {
  if (cutOff.length === 0) return []
  return [
    {
      title,
      effect: 'changes',
      afterwards: true,
      async run(context) {
        for (const receipt of cutOff) await receipts.save(closed(receipt, context))
      },
    },
  ]
}

/** The same where a later run went on by itself: `because` is what is written down. */
export function closeGoneOnWith(
  cutOff: readonly Receipt[],
  world: Pick<World, 'receipts' | 'clock'>,
  because: string,
): readonly Step[] {
  return closeCutOff(cutOff, world, (receipt) => ({
    ...receipt,
    state: 'failed',
    error: { code: 'CUT_OFF', message: `it was killed half-way; ${because}` },
    settled: { at: world.clock.now().toISOString(), because },
  }))
}
