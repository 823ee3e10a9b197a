import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { PathFacts, PathLook } from '../checks/doctor/paths.js'

/** Looks at paths of this machine. */
export const pathLook: PathLook = { look }

async function look(path: string): Promise<PathFacts> {
  try {
    const about = await stat(path)
    const kind = about.isDirectory() ? 'folder' : about.isFile() ? 'file' : 'other'
    // Windows has no such modes: what it reports says nothing.
    const mode = process.getuid === undefined ? {} : { mode: about.mode & 0o7777 }
    return { path, kind, ...mode, writable: await mayWrite(path) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return { path, kind: 'missing', writable: await mayMake(path) }
  }
}

async function mayWrite(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  )
}

/** Whether the nearest folder above that exists takes new entries. */
async function mayMake(path: string): Promise<boolean> {
  const above = dirname(path)
  if (above === path) return false
  const there = await stat(above).catch(() => undefined)
  return there ? there.isDirectory() && (await mayWrite(above)) : mayMake(above)
}
