import { join } from 'node:path'
import { Failure } from '../../domain/failure.js'
import type { Clock } from '../../ports/clock.js'
import type { Host } from '../../ports/host.js'
import type { FoundLock, Held, LockOwner, Locks } from '../../ports/locks.js'
import { makeFolder } from '../disk/durable.js'
import {
  made,
  ownerOf,
  readLock,
  released,
  removed,
  removeHalfTaken,
  type Stored,
} from './lockFile.js'
import { isGone, processIdentity } from './processIdentity.js'
import { stateFailure } from './stateFailure.js'

/** Name of the lock inside a target's shelf. */
const shelfLock = '.lock'

/**
 * One file a target in the state folder, and one on its shelf: every user has a state folder of their own, but all of them
 * share the shelf. A lock is taken over only when its holder's process on this very machine is certainly gone.
 * `shelfOf` tells the folder of a target's backups. Where there is none yet, or this user cannot write there, only the
 * state folder's lock is taken: nobody can put a backup on such a shelf, and what needs the shelf says what is wrong.
 */
export function fileLocks(
  stateFolder: string,
  clock: Clock,
  host: Host,
  shelfOf: (target: string) => string | undefined = () => undefined,
): Locks {
  const folder = join(stateFolder, 'locks')
  const pathOf = (target: string) => join(folder, `${target}.lock`)
  const shelfPathOf = (target: string) => {
    const shelf = shelfOf(target)
    return shelf === undefined ? undefined : join(shelf, shelfLock)
  }

  async function inState(target: string, command: string): Promise<Held> {
    try {
      await makeFolder(folder)
      return await takeFile(pathOf(target), target, await ownLock(clock, host, command), host)
    } catch (error) {
      throw stateFailure(folder, error)
    }
  }

  async function onShelf(target: string, command: string): Promise<Held | undefined> {
    const path = shelfPathOf(target)
    if (path === undefined) return undefined
    try {
      return await takeFile(path, target, await ownLock(clock, host, command), host)
    } catch (error) {
      if (isBeyondUse(error)) return undefined
      throw stateFailure(path, error)
    }
  }

  return {
    async take(target, command) {
      const first = await inState(target, command)
      try {
        const second = await onShelf(target, command)
        return second ? both(first, second) : first
      } catch (error) {
        await first.release()
        throw error
      }
    },
    async owner(target) {
      const path = shelfPathOf(target)
      const stored =
        (await readLock(pathOf(target))) ?? (path === undefined ? undefined : await readLock(path))
      return stored && ownerOf(stored)
    },
    async found(target) {
      const paths = [pathOf(target), shelfPathOf(target)].filter((path) => path !== undefined)
      const all = await Promise.all(paths.map((path) => foundAt(path, host)))
      return all.flatMap((one) => one ?? [])
    },
  }
}

async function foundAt(path: string, host: Host): Promise<FoundLock | undefined> {
  const stored = await readLock(path)
  if (!stored) return undefined
  const owner = ownerOf(stored)
  if (stored.host !== host.name) return { owner, path }
  return { owner, path, gone: await isGone(stored.process) }
}

async function takeFile(path: string, target: string, mine: Stored, host: Host): Promise<Held> {
  let reclaimed: LockOwner | undefined
  for (let attempt = 0; attempt < 5; attempt++) {
    if (await made(path, mine)) {
      // What lies there besides hinders nobody: no run fails because of it.
      await removeHalfTaken(path, host.name).catch(() => undefined)
      return { ...(reclaimed ? { reclaimed } : {}), release: () => letGo(path, mine) }
    }
    const theirs = await readLock(path)
    if (!theirs) continue
    if (theirs.host !== host.name || !(await isGone(theirs.process)))
      throw locked(target, theirs, path)
    if (await removed(path, theirs, mine.token)) reclaimed = ownerOf(theirs)
  }
  throw new Failure(
    'locked',
    'TARGET_LOCKED',
    `target "${target}" is being fought over by several runs of ops`,
    [`cat ${path}`],
  )
}

async function letGo(path: string, mine: Stored): Promise<void> {
  try {
    await released(path, mine)
  } catch (error) {
    throw stateFailure(path, error)
  }
}

/** The second is let go first: whoever waits for the first finds both free. */
function both(first: Held, second: Held): Held {
  const reclaimed = first.reclaimed ?? second.reclaimed
  return {
    ...(reclaimed ? { reclaimed } : {}),
    async release() {
      try {
        await second.release()
      } finally {
        await first.release()
      }
    },
  }
}

/** No folder, or none in which this user can make a file. */
function isBeyondUse(error: unknown): boolean {
  // The last three: a file system without hard links.
  const codes = 'ENOENT ENOTDIR EACCES EROFS EPERM ENOTSUP EOPNOTSUPP'.split(' ')
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

async function ownLock(clock: Clock, host: Host, command: string): Promise<Stored> {
  return {
    command,
    pid: host.pid,
    host: host.name,
    user: host.user,
    since: clock.now().toISOString(),
    process: (await processIdentity(host.pid)) ?? { pid: host.pid },
    token: `${host.pid.toString()}-${host.token()}`,
  }
}

function locked(target: string, owner: Stored, path: string): Failure {
  return new Failure(
    'locked',
    'TARGET_LOCKED',
    `target "${target}" is held by "${owner.command}" (process ${owner.pid.toString()} of ${owner.user} on ${owner.host}) since ${owner.since}`,
    [
      `ps -fp ${owner.pid.toString()}   (on ${owner.host})`,
      `rm ${path}   (only if that process is gone)`,
    ],
    { facts: { owner: ownerOf(owner) } },
  )
}
