import { Failure } from '../../src/domain/failure.js'
import type { LockOwner, Locks } from '../../src/ports/locks.js'

/** A dead run that left its lock behind. */
const deadOwner: LockOwner = {
  command: 'backup',
  pid: 99,
  host: 'db01',
  user: 'root',
  since: '2026-11-21T02:00:00.000Z',
}

/** Locks in memory. `stale` names have a dead holder; `log` tells what was taken and released, in order. */
export function fakeLocks(stale: readonly string[] = []): Locks & {
  readonly log: string[]
  readonly held: Map<string, LockOwner>
} {
  const held = new Map<string, LockOwner>()
  const log: string[] = []
  return {
    log,
    held,
    take(target, command) {
      const owner = held.get(target)
      if (owner) {
        const text = `${target} is held by "${owner.command}" (pid ${owner.pid.toString()})`
        return Promise.reject(new Failure('locked', 'TARGET_LOCKED', text, ['ops status']))
      }
      log.push(`take ${target}`)
      held.set(target, { ...deadOwner, command })
      return Promise.resolve({
        ...(stale.includes(target) ? { reclaimed: deadOwner } : {}),
        release() {
          log.push(`release ${target}`)
          held.delete(target)
          return Promise.resolve()
        },
      })
    },
    owner: (target) => Promise.resolve(held.get(target)),
    found(target) {
      const owner = held.get(target) ?? (stale.includes(target) ? deadOwner : undefined)
      const path = `/state/locks/${target}.lock`
      return Promise.resolve(owner ? [{ owner, path, gone: !held.has(target) }] : [])
    },
  }
}
