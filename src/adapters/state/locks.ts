import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../domain/failure.js'
import type { Clock } from '../../ports/clock.js'
import type { Host } from '../../ports/host.js'
import type { Held, LockOwner, Locks } from '../../ports/locks.js'
import { isGone, processIdentity, type ProcessIdentity } from './processIdentity.js'
import { stateFailure } from './stateFailure.js'

type Stored = LockOwner & { readonly process: ProcessIdentity; readonly token: string }

/**
 * One file a target, made with its content by `link`, which fails if the name is taken: never half-written, never two.
 * A lock is taken over only when its holder's process on this very machine is certainly gone.
 */
export function fileLocks(stateFolder: string, clock: Clock, host: Host): Locks {
  const folder = join(stateFolder, 'locks')
  const pathOf = (target: string) => join(folder, `${target}.lock`)

  async function take(target: string, command: string): Promise<Held> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const path = pathOf(target)
    const mine = await ownLock(clock, host, command)
    let reclaimed: LockOwner | undefined
    for (let attempt = 0; attempt < 5; attempt++) {
      if (await made(path, mine)) return held(path, mine, reclaimed)
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

  return {
    async take(target, command) {
      try {
        return await take(target, command)
      } catch (error) {
        throw stateFailure(folder, error)
      }
    },
    async owner(target) {
      const stored = await readLock(pathOf(target))
      return stored && ownerOf(stored)
    },
  }
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

async function made(path: string, lock: Stored): Promise<boolean> {
  const temporary = `${path}.${lock.token}`
  const handle = await open(temporary, 'wx', 0o600)
  try {
    await handle.writeFile(JSON.stringify(lock))
    await handle.sync()
  } finally {
    await handle.close()
  }
  try {
    await link(temporary, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Takes a dead holder's file away: renamed first, so that of two runs only one removes it, and only the one they judged. */
async function removed(path: string, judged: Stored, token: string): Promise<boolean> {
  const aside = `${path}.stale-${token}`
  try {
    await rename(path, aside)
  } catch {
    return false
  }
  const taken = await readLock(aside)
  if (taken && taken.token !== judged.token) {
    // Somebody else reclaimed it in between and holds it now: give it back.
    await link(aside, path).catch(() => undefined)
    await rm(aside, { force: true })
    return false
  }
  await rm(aside, { force: true })
  return true
}

async function readLock(path: string): Promise<Stored | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as Stored
  } catch (error) {
    throw new Failure(
      'locked',
      'TARGET_LOCKED',
      `${path} is not a lock that ops wrote; nothing is known of its holder`,
      [`cat ${path}`],
      { cause: error },
    )
  }
}

function held(path: string, lock: Stored, reclaimed: LockOwner | undefined): Held {
  return {
    ...(reclaimed ? { reclaimed } : {}),
    async release() {
      const now = await readLock(path).catch(() => undefined)
      if (now?.token === lock.token) await rm(path, { force: true })
    },
  }
}

function ownerOf({ command, pid, host, user, since }: Stored): LockOwner {
  return { command, pid, host, user, since }
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
