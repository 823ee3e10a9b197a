import { readFile, stat } from 'node:fs/promises'
import type { ProjectFiles } from '../../ports/projectFiles.js'
import { git } from './git.js'
import { givenFiles } from './givenFiles.js'

/** Bytes of the largest file taken for one that a person wrote. */
const largest = 1024 * 1024

/** Files of this machine, and the git that is found on the PATH. */
export function machineFiles(
  environment: Readonly<Record<string, string | undefined>>,
): ProjectFiles {
  const answer = async (folder: string, ...argv: readonly string[]) => {
    const { exitCode, stdout } = await git(folder, argv, environment)
    return exitCode === 0 ? stdout.trim() : undefined
  }
  return {
    async text(path) {
      try {
        if ((await stat(path)).size > largest) return undefined
        return await readFile(path, 'utf8')
      } catch {
        return undefined
      }
    },
    below: givenFiles,
    async commit(folder) {
      const id = await answer(folder, 'rev-parse', '--verify', 'HEAD')
      if (id === undefined) return undefined
      const changes = await answer(folder, 'status', '--porcelain', '--', '.')
      return { id, changed: changes !== '' }
    },
  }
}
