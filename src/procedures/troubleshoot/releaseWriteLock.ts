import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { LockTaker } from '../../ports/operations.js'
import type { Plan } from '../plan.js'
import { withSession } from '../withSession.js'
import type { TroubleshootWorld } from './request.js'

/** What containers that watch over a lock of ours are called. */
const guards = /^ops-datafiles-/

/**
 * Releases a lock on writes that nobody waits for any more. It takes the locks of all targets first: a run of ops that may have asked for it
 * is not under way then. Just before it acts it looks once more that whoever took the lock is gone, and that it is still that lock.
 * Throws `WRITE_LOCK_IN_USE` (refused), `WRITES_STAY_LOCKED` (failed).
 */
export function releaseWriteLock(
  target: Target,
  taker: LockTaker,
  all: readonly Target[],
  world: TroubleshootWorld,
): Plan<Readonly<Record<string, unknown>>> {
  const { name } = target
  let released = 0
  return {
    command: 'troubleshoot',
    target: name,
    title: `let ${name} take writes again`,
    facts: [
      ['Lock', `taken by connection ${taker.connection.toString()} at ${taker.at}, which is gone`],
      ['First', 'the locks of all targets are taken: no backup that may want it runs'],
    ],
    loses: [
      'a copy of the data files, where somebody takes one by hand just now: it would not be consistent',
    ],
    // Somebody may copy files without any connection: only whoever knows may say so, by typing the name.
    holds: 'lock and receipt',
    locks: all.map((one) => one.name),
    steps: [
      {
        title: `Release the lock on the writes of ${name}`,
        effect: 'destroys',
        stays: true,
        async run({ signal, detail }) {
          await requireLeft(target, taker, world, signal)
          released = await withSession(target, world, signal, async (session) => {
            let times = 0
            // Each fsyncLock counts: writes go on after as many releases.
            while (times < most && (await session.writesLocked())) {
              signal.throwIfAborted()
              if (!(await session.unlockWrites())) break
              times++
            }
            if (await session.writesLocked()) throw staysLocked(name)
            return times
          })
          detail(`released ${released.toString()} times; writes go on`)
        },
      },
    ],
    result: () => ({ target: name, released }),
  }
}

/** More locks than anybody forgets. */
const most = 20

async function requireLeft(
  target: Target,
  taker: LockTaker,
  world: TroubleshootWorld,
  signal: AbortSignal,
): Promise<void> {
  const guard = (await world.engine.containers()).find(
    ({ name, state }) => guards.test(name) && state === 'running',
  )
  if (guard) throw inUse(target.name, `the container ${guard.name} watches over a lock`)
  const session = await world.operations.connect(target, signal)
  try {
    const now = await session.lockTaker()
    if (!now) throw inUse(target.name, 'who took it is not to be seen any more')
    if (now.open) throw inUse(target.name, `connection ${now.connection.toString()} is open`)
    if (now.connection !== taker.connection || now.at !== taker.at)
      throw inUse(target.name, 'it is another lock than the one that was shown')
  } finally {
    await session.close()
  }
}

function inUse(target: string, why: string): Failure {
  return new Failure(
    'refused',
    'WRITE_LOCK_IN_USE',
    `the lock on the writes of "${target}" was left as it is: ${why}`,
    ['ops troubleshoot lock'],
  )
}

function staysLocked(target: string): Failure {
  return new Failure(
    'failed',
    'WRITES_STAY_LOCKED',
    `writes to "${target}" are still blocked, although their lock was released: somebody may have taken it again`,
    ['ops troubleshoot lock', `mongosh --eval 'db.fsyncUnlock()'`],
  )
}
