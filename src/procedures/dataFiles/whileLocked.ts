import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { WriteLockRecord } from '../../domain/writeLock.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import type { WriteGuard } from '../../ports/writeGuards.js'
import type { StepContext } from '../plan.js'
import { releaseWrites } from './releaseWrites.js'
import { unlessAborted } from './unlessAborted.js'

/** What holding the lock needs of the world. */
export type LockWorld = Pick<World, 'clock' | 'mongo' | 'writeGuards' | 'containers'>

/** A piece of work during which no write goes through. */
export interface LockedWork<Result> {
  readonly target: Target
  /** Seconds after which the lock is released, and the work given up. */
  readonly limitSeconds: number
  /** The session is signed in; the signal is also aborted at the limit. */
  work(session: MongoSession, signal: AbortSignal): Promise<Result>
  /** Keeps what tells the lock from others, before it is asked for and, with more in it, once it is granted. */
  note(record: WriteLockRecord): Promise<void>
}

/** Milliseconds past the limit that this process has for releasing the lock, before its guard does. */
const guardGrace = 3_000

/** What it gave, and how long writes waited for it. */
export interface LockedResult<Result> {
  readonly result: Result
  readonly lockSeconds: number
}

/**
 * Blocks writes, works, and releases them: in every ending, before anything else is said or done. A guard beside the
 * server releases them should this process be gone, or stand still past the limit. Throws what the work throws, `ALREADY_LOCKED` (refused),
 * `LOCK_LIMIT_REACHED` (timed-out), `LOCK_LOST` (failed) where the lock did not last, `WRITES_STAY_LOCKED` (failed).
 */
export async function whileLocked<Result>(
  job: LockedWork<Result>,
  world: LockWorld,
  context: StepContext,
): Promise<LockedResult<Result>> {
  const { target } = job
  const session = await world.mongo.connect(target, context.signal)
  try {
    if (await session.writesLocked()) throw alreadyLocked(target)
    const guard = await guardFor(target, world, context)
    try {
      // What is on the disk by then need not be written while writes wait.
      await unlessAborted(session.flush(), context.signal)
      const record = {
        askedAt: world.clock.now().toISOString(),
        ...(await unlessAborted(session.lockMarks(), context.signal)),
        guarded: guard !== undefined,
      }
      await job.note(record)
      await guard?.arm(job.limitSeconds * 1000 + guardGrace)
      return await locked(job, record, session, world, context)
    } finally {
      await guard?.dismiss().catch((error: unknown) => {
        context.warn(`the guard of the lock could not be removed: ${text(error)}`)
      })
    }
  } finally {
    await session.close().catch(() => undefined)
  }
}

function alreadyLocked({ name }: Target): Failure {
  return new Failure(
    'refused',
    'ALREADY_LOCKED',
    `writes to "${name}" are blocked already, by somebody else's fsyncLock`,
    ['ops backup', `mongosh --eval 'db.fsyncUnlock()'`],
  )
}

/** Without a guard a copy is still safe; what a kill would leave is told. */
async function guardFor(
  target: Target,
  world: LockWorld,
  { signal, warn }: StepContext,
): Promise<WriteGuard | undefined> {
  try {
    return await world.writeGuards.watch(target, signal)
  } catch (error) {
    if (signal.aborted || !(error instanceof Failure)) throw error
    warn(
      `${error.message}; should ops be killed now, writes stay blocked until the next ops command`,
    )
    return undefined
  }
}

async function locked<Result>(
  job: LockedWork<Result>,
  record: WriteLockRecord,
  session: MongoSession,
  world: LockWorld,
  context: StepContext,
): Promise<LockedResult<Result>> {
  const { target, limitSeconds } = job
  const { clock } = world
  const container = await world.containers.find(target)
  const limit = limitOf(limitSeconds, world)
  const signal = AbortSignal.any([context.signal, limit.signal])
  const began = clock.elapsed()
  const locking = session.lockWrites()
  let working: Promise<Result> | undefined
  let noting: Promise<void> | undefined
  const released = new AbortController()
  let outcome: { readonly result: Result } | { readonly error: unknown }
  try {
    const locks = await unlessAborted(locking, signal)
    // The work does not wait for this: it is for whoever comes after a crash.
    const granted = { ...record, ...(locks === undefined ? {} : { locks }) }
    noting = noteHolder(job, granted, session, released.signal).catch((error: unknown) => {
      if (!released.signal.aborted)
        context.warn(`which lock it is could not be written down: ${text(error)}`)
    })
    working = job.work(session, signal)
    const result = await unlessAborted(working, signal)
    // What came too late must not count as done in time, also where this process stood still and missed its own alarm.
    signal.throwIfAborted()
    if (clock.elapsed() - began >= limitSeconds * 1000) throw limit.reached()
    outcome = { result }
  } catch (error) {
    outcome = { error: signal.aborted ? signal.reason : error }
  }
  limit.stop()
  const held = await releaseWrites({ target, locking, session, container }, world)
  released.abort()
  const lockSeconds = Math.round(clock.elapsed() - began) / 1000
  // Writes go on by now: what was given up may take its time to end.
  await working?.catch(() => undefined)
  await noting
  if ('error' in outcome) throw outcome.error
  if (!held) throw lost(target)
  return { result: outcome.result, lockSeconds }
}

async function noteHolder(
  job: LockedWork<unknown>,
  record: WriteLockRecord,
  session: MongoSession,
  released: AbortSignal,
): Promise<void> {
  const { holder } = await unlessAborted(session.standingLock(), released)
  await job.note(holder === undefined ? record : { ...record, holder })
}

function limitOf(seconds: number, { clock }: LockWorld) {
  const limit = new AbortController()
  const ended = new AbortController()
  const reached = () =>
    new Failure(
      'timed-out',
      'LOCK_LIMIT_REACHED',
      `writes had waited ${seconds.toString()} s when the copy was not finished: they go on, and the copy is thrown away`,
      ['ops backup --physical --lock-limit 5m', 'ops backup'],
    )
  clock.sleep(seconds * 1000, ended.signal).then(
    () => {
      limit.abort(reached())
    },
    () => undefined,
  )
  return {
    reached,
    signal: limit.signal,
    stop: () => {
      ended.abort()
    },
  }
}

function lost({ name }: Target): Failure {
  return new Failure(
    'failed',
    'LOCK_LOST',
    `the lock of "${name}" was gone before its files were copied: the server was restarted, or somebody released it (its guard does when ops stands still)`,
    ['ops backup --physical', 'ops stack ps'],
  )
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
