import { statfs } from 'node:fs/promises'
import type { FactsOf } from '../../domain/declared/facts.js'
import { Failure } from '../../domain/failure.js'

/** The file system of a path. Throws `PATH_UNSEEN` (environment). */
export async function lookAtDisk(path: string): Promise<FactsOf['disk']> {
  const { bsize, blocks, bfree, bavail, files, ffree } = await statfs(path).catch(
    (error: unknown) => {
      throw unseenPath(path, error)
    },
  )
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
