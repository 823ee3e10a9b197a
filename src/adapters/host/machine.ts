import type { Stats } from 'node:fs'
import { constants } from 'node:fs'
import { access, lstat, open, rm, stat, statfs } from 'node:fs/promises'
import { uptime } from 'node:os'
import { dirname, join } from 'node:path'
import type { FolderFacts, Machine, PathFacts } from '../../ports/machine.js'
import { isGone } from '../state/processIdentity.js'
import { gitTracking } from './gitTracking.js'

/** File systems that live in memory (statfs(2): TMPFS_MAGIC, RAMFS_MAGIC). */
const inMemoryTypes = new Set([0x01021994, 0x858458f6])

/** Milliseconds by which two ways of telling when the machine was started may differ. */
const bootSlack = 60_000

/** This machine, as its file system and its process table tell. */
export const thisMachine: Machine = {
  path: async (path) => factsOf(path, await statsOf(path)),
  folder,
  tracking: (path) => gitTracking(path, process.env),
  async gone(pid, at) {
    const booted = Date.now() - uptime() * 1000
    return Date.parse(at) < booted - bootSlack || isGone({ pid })
  },
}

async function folder(path: string): Promise<FolderFacts> {
  const found = await statsOf(path)
  const nearest = found ? path : await nearestAbove(path)
  const obstacle = await obstacleOf(found ? proof(path, found) : mayMakeIn(nearest))
  const { type } = await statfs(nearest)
  return {
    ...factsOf(path, found),
    writable: obstacle === undefined,
    ...(obstacle === undefined ? {} : { obstacle }),
    inMemory: inMemoryTypes.has(type),
  }
}

/** Nothing where there is nothing; other reasons for not seeing it are thrown. */
async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function factsOf(path: string, found: Stats | undefined): PathFacts {
  if (!found) return { path, kind: 'missing' }
  const { dev: device } = found
  const kind = found.isDirectory()
    ? 'folder'
    : found.isFile()
      ? 'file'
      : found.isSymbolicLink()
        ? 'link'
        : 'other'
  const uid = process.getuid?.()
  // Windows has neither user numbers nor such modes: what it reports says nothing.
  if (uid === undefined) return { path, kind, device }
  const owner = found.uid === uid ? 'us' : found.uid === 0 ? 'root' : 'somebody else'
  const ownGroup = found.gid === found.uid
  return { path, kind, device, mode: found.mode & 0o7777, owner, ownGroup }
}

/** A small file, synced and removed: what a mode promises, a full or broken disk or a network share may not keep. */
async function proof(path: string, found: Stats): Promise<void> {
  if (!found.isDirectory()) return
  const file = join(path, `.doctor-${process.pid.toString()}`)
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile('proof')
    await handle.sync()
  } finally {
    await handle.close()
    await rm(file, { force: true })
  }
}

async function mayMakeIn(nearest: string): Promise<void> {
  await access(nearest, constants.W_OK | constants.X_OK)
  if (!(await stat(nearest)).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' })
}

async function obstacleOf(attempt: Promise<void>): Promise<string | undefined> {
  try {
    await attempt
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown reason'
  }
}

/** The closest thing above a missing path that is there. */
async function nearestAbove(path: string): Promise<string> {
  const above = dirname(path)
  return above === path || (await statsOf(above)) ? above : nearestAbove(above)
}
