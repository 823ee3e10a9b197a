import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Failure } from '../../domain/failure.js'
import type { LockOwner } from '../../ports/locks.js'
import { link, open, remove, rename, sync, writeAll } from '../disk/disk.js'
import { processIdentity, type ProcessIdentity } from './processIdentity.js'

/** A lock as its file holds it. `token` tells it from any other. */
export type Stored = LockOwner & { readonly process: ProcessIdentity; readonly token: string }

/**
 * Makes a lock with its content by `link`, which fails if the name is taken: never half-written, never two. Whoever may
 * enter the folder may read it: another user has to judge whether its holder is gone.
 */
export async function made(path: string, lock: Stored): Promise<boolean> {
  const temporary = `${besideLock(path, lock.host)}${lock.token}`
  const handle = await open(temporary, 'wx', 0o644)
  try {
    try {
      await writeAll(handle, Buffer.from(JSON.stringify(lock)))
      await sync(handle)
    } finally {
      await handle.close()
    }
    await link(temporary, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    await remove(temporary)
  }
}

/**
 * Takes a dead holder's file away: looked at once more just before, because the judgement took its time; then renamed, so
 * that of two runs only one removes it, and only the one they judged.
 */
export async function removed(path: string, judged: Stored, token: string): Promise<boolean> {
  // The judged one is of this machine too.
  const aside = `${besideLock(path, judged.host)}${token}.stale`
  const now = await readLock(path)
  if (now?.token !== judged.token) return false
  try {
    await rename(path, aside)
  } catch {
    return false
  }
  const taken = await readLock(aside)
  if (taken && taken.token !== judged.token) {
    // Somebody else reclaimed it in between and holds it now: give it back.
    await link(aside, path).catch(() => undefined)
    await remove(aside)
    return false
  }
  await remove(aside)
  return true
}

/** What the names begin with that a machine uses beside a lock for a moment; number and token of the process follow. */
function besideLock(path: string, host: string): string {
  return `${path}.${encodeURIComponent(host)}.`
}

/** Removes what killed processes of this machine left beside a lock. Those of another machine cannot be judged here. */
export async function removeHalfTaken(path: string, host: string): Promise<void> {
  const begins = basename(besideLock(path, host))
  for (const name of await readdir(dirname(path))) {
    const pid = name.startsWith(begins) ? /^(\d+)-/.exec(name.slice(begins.length))?.[1] : undefined
    if (pid === undefined || (await processIdentity(Number(pid)))) continue
    await remove(join(dirname(path), name))
  }
}

/** Lets go of a lock that is still ours. */
export async function released(path: string, lock: Stored): Promise<void> {
  const now = await readLock(path).catch(() => undefined)
  if (now?.token === lock.token) await remove(path)
}

/** The lock in a file; nothing where there is none. */
export async function readLock(path: string): Promise<Stored | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && isAbsence(error.code)) return undefined
    throw unknownLock(path, 'cannot be read', error)
  }
  try {
    return JSON.parse(text) as Stored
  } catch (error) {
    throw unknownLock(path, 'is not a lock that ops wrote', error)
  }
}

/** Who holds a lock, without what only ops needs of it. */
export function ownerOf({ command, pid, host, user, since }: Stored): LockOwner {
  return { command, pid, host, user, since }
}

function isAbsence(code: unknown): boolean {
  return code === 'ENOENT' || code === 'ENOTDIR'
}

function unknownLock(path: string, what: string, cause: unknown): Failure {
  return new Failure(
    'locked',
    'TARGET_LOCKED',
    `${path} ${what}; nothing is known of its holder`,
    [`cat ${path}`],
    { cause },
  )
}
