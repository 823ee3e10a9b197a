import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isGone, processIdentity } from '../state/processIdentity.js'

const pattern = /^ops-pipe-(\d+)-(\d+)-/

/**
 * Makes a folder that only this user can enter (0700), under a name that tells which run of ops it belongs to. Throws
 * what the file system throws.
 */
export async function makePipeFolder(parent: string, pid: number): Promise<string> {
  const ticks = (await processIdentity(pid))?.startTicks ?? '0'
  return mkdtemp(join(parent, `ops-pipe-${pid.toString()}-${ticks}-`))
}

/** Removes the folders of this user whose runs are certainly gone; gives their paths. */
export async function sweepPipeFolders(parent: string): Promise<readonly string[]> {
  const names = await readdir(parent).catch(() => [])
  const removed: string[] = []
  for (const name of names) {
    const [, pid, startTicks = '0'] = pattern.exec(name) ?? []
    if (pid === undefined) continue
    const path = join(parent, name)
    const found = await lstat(path).catch(() => undefined)
    if (!found?.isDirectory() || found.uid !== process.getuid?.()) continue
    const identity = { pid: Number(pid), ...(startTicks === '0' ? {} : { startTicks }) }
    if (!(await isGone(identity))) continue
    await rm(path, { recursive: true, force: true })
    removed.push(path)
  }
  return removed
}
