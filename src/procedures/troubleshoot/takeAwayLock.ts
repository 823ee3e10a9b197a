import type { Target } from '../../domain/target.js'
import { Failure } from '../../domain/failure.js'
import type { FoundLock } from '../../ports/locks.js'
import type { Plan } from '../plan.js'
import type { TroubleshootWorld } from './request.js'

/**
 * Takes away the lock of a run that is gone. Running the plan takes the lock, which a dead holder's is taken over for, by number, start
 * and boot of its process; and lets it go in the end. Throws `LOCK_ALIVE` (refused) where a holder is not certainly gone.
 */
export async function takeAwayLock(
  target: Target,
  world: TroubleshootWorld,
): Promise<Plan<Readonly<Record<string, unknown>>>> {
  const { name } = target
  const before = await world.locks.found(name)
  const alive = before.find(({ gone }) => gone !== true)
  if (alive) throw lockAlive(name, alive)
  return {
    command: 'troubleshoot',
    target: name,
    title: `take away the lock that a dead run left on ${name}`,
    facts: before.map(({ owner, path }): readonly [string, string] => [
      'Lock',
      `${path}: "ops ${owner.command}", process ${owner.pid.toString()}, since ${owner.since}; that process is gone`,
    ]),
    loses: [],
    steps: [
      {
        title: `Take over the lock of ${name}, and let it go`,
        effect: 'changes',
        stays: true,
        async run({ detail }) {
          const other = (await world.locks.found(name)).find(({ owner }) => !isOwn(owner, world))
          // Taken over by this very run: whatever else lies there is somebody's.
          if (other) throw lockAlive(name, other)
          detail('no run holds it any more')
        },
      },
    ],
    result: () => ({ locks: before.map(({ path }) => path) }),
  }
}

/** Whether a lock is that of this very run. */
function isOwn({ pid, host }: FoundLock['owner'], world: Pick<TroubleshootWorld, 'host'>): boolean {
  return pid === world.host.pid && host === world.host.name
}

function lockAlive(target: string, { owner, path, gone }: FoundLock): Failure {
  const { command, pid, host } = owner
  const state = gone === false ? 'runs' : 'may still run: that can only be seen there'
  return new Failure(
    'refused',
    'LOCK_ALIVE',
    `the lock of "${target}" (${path}) is not left over: "ops ${command}", process ${pid.toString()} on ${host}, ${state}`,
    [`ps -fp ${pid.toString()}   (on ${host})`],
  )
}
