import type { Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'

/** What looking after abandoned locks needs of the world. */
export type AbandonedWorld = Pick<World, 'clock' | 'mongo' | 'receipts' | 'ownContainers'>

/**
 * Releases writes that a run of ops blocked and, killed, did not release; never a lock that ops did not take. Each of them
 * is told, and its record closed. Where none was left nothing is connected. What cannot be released is told as well: it
 * keeps no command from running.
 */
export async function releaseAbandonedLocks(
  targets: readonly Target[],
  world: AbandonedWorld,
  warn: (text: string) => void,
): Promise<void> {
  const receipts = await world.receipts.list().catch(() => [])
  for (const target of targets) {
    const own = receipts.filter(
      (receipt) => receipt.target === target.name && receipt.writesLocked !== undefined,
    )
    for (const receipt of own) {
      if (!(await isLeft(receipt, world))) continue
      // A copy that runs now holds a lock of its own, and looked after this one before it took it.
      if (await someRuns(own, world)) continue
      try {
        warn(await released(receipt, target, world))
      } catch (error) {
        warn(
          `writes to ${target.name} may be blocked by "${receipt.title}" of ${receipt.startedAt}, which was cut off, and could not be released: ${error instanceof Error ? error.message : String(error)}`,
        )
      }
    }
  }
}

async function isLeft(receipt: Receipt, { receipts }: AbandonedWorld): Promise<boolean> {
  if (receipt.state === 'started') return receipts.abandoned(receipt)
  return receipt.state === 'failed' && receipt.writesLocked === true
}

async function someRuns(all: readonly Receipt[], { receipts }: AbandonedWorld): Promise<boolean> {
  for (const receipt of all)
    if (receipt.state === 'started' && !(await receipts.abandoned(receipt))) return true
  return false
}

async function released(receipt: Receipt, target: Target, world: AbandonedWorld): Promise<string> {
  const { title, startedAt } = receipt
  const found = receipt.writesLocked === true && (await unlock(receipt, target, world))
  await world.receipts.save({
    ...receipt,
    state: 'failed',
    writesLocked: false,
    finishedAt: world.clock.now().toISOString(),
    error: receipt.error ?? { code: 'CUT_OFF', message: 'it was killed half-way' },
  })
  // The guard of the lock, if it is there still, has nothing left to do.
  await world.ownContainers.sweep().catch(() => undefined)
  return found
    ? `released the writes to ${target.name}: "${title}" of ${startedAt} was cut off while it blocked them`
    : `"${title}" of ${startedAt} was cut off; it blocks no writes any more`
}

/** Whether there was a lock, and it is gone now. A server that was started since cannot hold it. */
async function unlock(
  { startedAt }: Receipt,
  target: Target,
  { mongo, clock }: AbandonedWorld,
): Promise<boolean> {
  const session = await mongo.connect(target)
  try {
    if (!(await session.writesLocked())) return false
    const { uptime } = await session.server()
    if (uptime !== undefined && clock.now().getTime() - uptime > Date.parse(startedAt)) return false
    return await session.unlockWrites()
  } finally {
    await session.close()
  }
}
