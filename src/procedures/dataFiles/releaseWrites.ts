import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'

/** Milliseconds between two attempts, and for all of them together. */
const pause = 1_000
const patience = 40_000

/** A lock that was asked for, granted by now or not. */
export interface AskedLock {
  readonly target: Target
  readonly locking: Promise<unknown>
  readonly session: MongoSession
  /** The database's container when the lock was asked for: no lock outlives its process. */
  readonly container: ContainerFacts | undefined
}

/** What releasing needs of the world. */
export type ReleaseWorld = Pick<World, 'clock' | 'mongo' | 'containers'>

/**
 * Releases the lock, whatever became of the connection. No signal ends it: it is bounded by itself, to less than a minute.
 * Says whether the server still held the lock. Throws `WRITES_STAY_LOCKED` (failed) where it cannot be released.
 */
export async function releaseWrites(lock: AskedLock, world: ReleaseWorld): Promise<boolean> {
  const { target, locking, session } = lock
  const deadline = world.clock.elapsed() + patience
  // A lock that waits behind a long write is granted later: until then there is nothing to release.
  const granted = await settledWithin(locking, world, patience)
  if (granted === false) return false
  let last: unknown
  for (let attempt = 0; attempt === 0 || world.clock.elapsed() < deadline; attempt++) {
    try {
      // The first attempt uses the connection that is there; the others make one.
      const use = attempt === 0 ? session : await world.mongo.connect(target)
      const released = await use
        .unlockWrites()
        .finally(() => (attempt === 0 ? undefined : use.close()))
      // Not there, and never granted: it may still come.
      if (released || granted === true) return released
    } catch (error) {
      last = error
      if (await isRestarted(lock, world)) return false
    }
    await world.clock.sleep(pause)
  }
  throw staysLocked(target, last)
}

/** Whether the lock was granted; undefined where that is still open. A connection that broke leaves it open, too. */
async function settledWithin(
  locking: Promise<unknown>,
  { clock }: ReleaseWorld,
  milliseconds: number,
): Promise<boolean | undefined> {
  const over = new AbortController()
  const waiting = clock.sleep(milliseconds, over.signal).catch(() => undefined)
  const settled = locking.then(
    () => true,
    (error: unknown) =>
      error instanceof Failure && error.code === 'MONGO_UNAUTHORIZED' ? false : undefined,
  )
  const granted = await Promise.race([settled, waiting.then(() => undefined)])
  over.abort()
  return granted
}

/** Whether the process that held the lock is certainly gone. */
async function isRestarted(
  { target, container }: AskedLock,
  { containers }: ReleaseWorld,
): Promise<boolean> {
  if (!container) return false
  const now = await containers.find(target).catch(() => undefined)
  return now !== undefined && (now.state !== 'running' || now.startedAt !== container.startedAt)
}

function staysLocked({ name }: Target, cause: unknown): Failure {
  const why = cause instanceof Error ? cause.message : 'the server does not answer'
  return new Failure(
    'failed',
    'WRITES_STAY_LOCKED',
    `writes to "${name}" may still be blocked: they could not be released (${why}); every further ops command tries again`,
    ['ops doctor', `mongosh --eval 'db.fsyncUnlock()'`],
    { cause },
  )
}
