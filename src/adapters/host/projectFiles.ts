import { readFile, stat } from 'node:fs/promises'
import { execa } from 'execa'
import type { ProjectFiles } from '../../ports/projectFiles.js'

/** Bytes of the largest file taken for one that a person wrote. */
const largest = 1024 * 1024

/** Milliseconds for git's answer. */
const patience = 5_000

/** Nothing of a repository's own settings is run: it may be somebody else's. */
const harmless = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null']

/** Files of this machine, and the git that is found on the PATH. */
export function machineFiles(
  environment: Readonly<Record<string, string | undefined>>,
): ProjectFiles {
  const git = async (folder: string, ...argv: readonly string[]) => {
    const { exitCode, stdout } = await execa('git', [...harmless, '-C', folder, ...argv], {
      stdin: 'ignore',
      reject: false,
      timeout: patience,
      extendEnv: false,
      env: {
        PATH: environment['PATH'] ?? '',
        HOME: environment['HOME'] ?? '',
        LC_ALL: 'C',
        GIT_OPTIONAL_LOCKS: '0',
      },
    })
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
    async commit(folder) {
      const id = await git(folder, 'rev-parse', '--verify', 'HEAD')
      if (id === undefined) return undefined
      const changes = await git(folder, 'status', '--porcelain', '--', '.')
      return { id, changed: changes !== '' }
    },
  }
}
