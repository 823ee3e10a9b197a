import { stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { FactsOf } from '../../domain/declared/facts.js'
import type { ProbeOf } from '../../domain/declared/probe.js'
import { Failure } from '../../domain/failure.js'
import { isMissing } from '../disk/durable.js'
import { isMountPoint } from '../disk/mountPoint.js'

/** The file system of a path, or that none is mounted there where one has to be. Throws `PATH_UNSEEN` (environment). */
export async function lookAtDisk({
  path,
  requireMount,
}: ProbeOf['disk']): Promise<FactsOf['disk']> {
  try {
    // What is told of a folder that waits for a disk is told of the disk above it.
    if (requireMount && !(await isMounted(path))) return { mounted: false }
    return { ...(await roomOf(path)), ...(requireMount ? { mounted: true as const } : {}) }
  } catch (error) {
    throw unseenPath(path, error)
  }
}

/** A folder of another file system than the one above it; a folder that is mounted within one is in the list of mounts. */
async function isMounted(path: string): Promise<boolean> {
  try {
    const [own, above] = [await stat(path), await stat(dirname(path))]
    return own.dev !== above.dev || (await isMountPoint(path))
  } catch (error) {
    // Whoever mounts disks for people removes the folder with them.
    if (isMissing(error)) return false
    throw error
  }
}

async function roomOf(path: string) {
  const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(path)
  // As df(1): what only root may use counts neither as used nor as free.
  const used = blocks - bfree
  return {
    totalBytes: blocks * bsize,
    freeBytes: bavail * bsize,
    usedPercent: percent(used, used + bavail),
    ...(files > 0 ? { usedFilesPercent: percent(files - ffree, files) } : {}),
  }
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (part / whole) * 100
}

/** What keeps a path from being looked at, as `PATH_UNSEEN` (environment). */
export function unseenPath(path: string, error: unknown): Failure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
  return new Failure('environment', 'PATH_UNSEEN', `${path} cannot be looked at (${code})`, [
    `ls -ld ${path}`,
    'ops config show',
  ])
}
