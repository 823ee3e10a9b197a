import { randomBytes } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { access, lstat, open, opendir, realpath, rm, stat, statfs } from 'node:fs/promises'
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
  async path(path) {
    const found = await existing(stat(path))
    return { ...facts(found), path, kind: kindOf(found) }
  },
  real: (path) => realpath(path).catch(() => path),
  folder,
  async readable(path) {
    const obstacle = await obstacleOf(opendir(path).then((opened) => opened.close()))
    return obstacle !== 'EACCES' && obstacle !== 'EPERM'
  },
  tracking: (path) => gitTracking(path, process.env),
  async gone(pid, at) {
    const booted = Date.now() - uptime() * 1000
    return Date.parse(at) < booted - bootSlack || isGone({ pid })
  },
}

async function folder(path: string): Promise<FolderFacts> {
  const found = await existing(lstat(path))
  if (found === 'hidden')
    return { path, kind: 'hidden', writable: false, obstacle: 'EACCES', inMemory: false }
  const nearest = found ? path : await nearestAbove(path)
  const obstacle = await obstacleOf(found ? proof(path, found) : mayMakeIn(nearest))
  const { type } = await statfs(nearest)
  return {
    ...facts(found),
    path,
    kind: found?.isSymbolicLink() ? 'link' : kindOf(found),
    writable: obstacle === undefined,
    ...(obstacle === undefined ? {} : { obstacle }),
    inMemory: inMemoryTypes.has(type),
  }
}

type Found = Stats | 'hidden' | undefined

/** Nothing where there is nothing; a reason for not seeing it that says neither is thrown. */
async function existing(asked: Promise<Stats>): Promise<Found> {
  try {
    return await asked
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    if (code === 'EACCES') return 'hidden'
    throw error
  }
}

function kindOf(found: Found): PathFacts['kind'] {
  if (found === undefined) return 'missing'
  if (found === 'hidden') return 'hidden'
  return found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'other'
}

function facts(found: Found): Omit<PathFacts, 'path' | 'kind'> {
  if (found === undefined || found === 'hidden') return {}
  const { dev: device, mode, uid, gid } = found
  const ours = process.getuid?.()
  // Windows has neither user numbers nor such modes: what it reports says nothing.
  if (ours === undefined) return { device }
  const owner = uid === ours ? 'us' : uid === 0 ? 'root' : 'somebody else'
  return { device, mode: mode & 0o7777, owner, ownGroup: gid === uid }
}

/** A small file, synced and removed: what a mode promises, a full or broken disk or a network share may not keep. */
async function proof(path: string, found: Stats): Promise<void> {
  if (!found.isDirectory()) return
  const file = join(path, `.doctor-${randomBytes(6).toString('hex')}`)
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
  const found = await stat(nearest)
  if (!found.isDirectory()) throw Object.assign(new Error('no folder'), { code: 'ENOTDIR' })
  await access(nearest, constants.W_OK | constants.X_OK)
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
  return above === path || (await existing(lstat(above))) ? above : nearestAbove(above)
}
