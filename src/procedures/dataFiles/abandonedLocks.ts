import type { Receipt } from '../../domain/receipt.js'
import type { Target } from '../../domain/target.js'
import type { LockOwnership } from '../../domain/writeLock.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import { whoseLock } from './whoseLock.js'

/** What looking after abandoned locks needs of the world. */
export type AbandonedWorld = Pick<World, 'clock' | 'mongo' | 'receipts' | 'ownContainers'>

/** What came of a lock that was looked for. */
type Ending = 'released' | 'none' | Exclude<LockOwnership, { whose: 'ours' }>

/**
 * Releases writes that a run of ops blocked and, killed, did not release: only a lock that is proved to be that one. Each of
 * them is told, and its record closed; what cannot be proved stays, is told with what to type, and its record stays open.
 * Where none was left nothing is connected. What cannot be released is told as well: it keeps no command from running.
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
        for (const text of await lookedAfter(receipt, target, world)) warn(text)
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

async function lookedAfter(
  receipt: Receipt,
  target: Target,
  world: AbandonedWorld,
): Promise<readonly string[]> {
  const { name } = target
  const cutOff = `"${receipt.title}" of ${receipt.startedAt} was cut off`
  if (receipt.writesLocked !== true) {
    await closed(receipt, world)
    return [`${cutOff}; it blocks no writes any more`]
  }
  const session = await world.mongo.connect(target)
  try {
    const ending = await letGo(receipt, session, world)
    if (typeof ending === 'object' && ending.whose === 'unproven')
      return [
        `writes to ${name} are blocked, and it is not proved that "${receipt.title}" of ${receipt.startedAt}, which was cut off, is what blocks them: ${ending.because}. ${byHand(name)}`,
      ]
    await closed(receipt, world)
    if (ending === 'none') return [`${cutOff}; it blocks no writes any more`]
    if (ending !== 'released')
      return [
        `${cutOff}; it blocks no writes any more (${ending.because}). Writes to ${name} are blocked by somebody else: that lock is left alone`,
      ]
    const stays = await session.writesLocked()
    return [
      `released the writes to ${name}: ${cutOff} while it blocked them`,
      ...(stays ? [`writes to ${name} are still blocked, by somebody else: left alone`] : []),
    ]
  } finally {
    await session.close()
  }
}

function byHand(target: string): string {
  return `It is left alone: ops troubleshoot lock --target ${target} says who took it; where nobody needs it, mongosh --eval 'db.fsyncUnlock()' releases it`
}

async function closed(receipt: Receipt, world: AbandonedWorld): Promise<void> {
  await world.receipts.save({
    ...receipt,
    state: 'failed',
    writesLocked: false,
    finishedAt: world.clock.now().toISOString(),
    error: receipt.error ?? { code: 'CUT_OFF', message: 'it was killed half-way' },
  })
  await guardGone(world)
}

/** The guard of the lock, if it is there still, has nothing left to do. */
async function guardGone({ ownContainers }: AbandonedWorld): Promise<void> {
  await ownContainers.sweep().catch(() => undefined)
}

async function letGo(
  receipt: Receipt,
  session: MongoSession,
  world: AbandonedWorld,
): Promise<Ending> {
  const found = await look(receipt, session)
  if (found !== 'ours') return found
  // Its guard could release it, and somebody else take one, between a look and what follows from it: so it leaves first.
  await guardGone(world)
  const still = await look(receipt, session)
  if (still !== 'ours') return still
  return (await session.unlockWrites()) ? 'released' : 'none'
}

async function look(
  { writeLock }: Receipt,
  session: MongoSession,
): Promise<'ours' | Exclude<Ending, 'released'>> {
  if (!(await session.writesLocked())) return 'none'
  const ownership = whoseLock(writeLock, await session.standingLock())
  return ownership.whose === 'ours' ? 'ours' : ownership
}
