import { execa } from 'execa'
import { lstat, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Tracking } from '../../ports/machine.js'

/** Milliseconds for git's answer. */
const patience = 5_000

/** Nothing of a repository's own settings is run: it may be somebody else's. */
const harmless = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null']

/** Whether git keeps a file. Without git it is looked whether there is a repository at all. */
export async function gitTracking(
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Tracking> {
  const real = await realpath(path).catch(() => path)
  const folder = dirname(real)
  const asked = ['ls-files', '--error-unmatch', '--', basename(real)]
  const { exitCode, stderr, code } = await execa('git', [...harmless, '-C', folder, ...asked], {
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
  if (exitCode === 0) return { state: 'tracked' }
  if (exitCode === 1) return { state: 'untracked' }
  if (/not a git repository/.test(stderr)) return { state: 'outside' }
  if (code === 'ENOENT') return withoutGit(folder)
  const words = stderr.split('\n')[0] ?? ''
  return { state: 'unknown', because: words === '' ? 'git did not answer' : words }
}

async function withoutGit(folder: string): Promise<Tracking> {
  const repository = await repositoryAbove(folder)
  if (repository === undefined) return { state: 'outside' }
  return { state: 'unknown', because: `${repository} is a repository, and there is no git to ask` }
}

async function repositoryAbove(folder: string): Promise<string | undefined> {
  const found = await lstat(join(folder, '.git')).catch(() => undefined)
  if (found) return folder
  const above = dirname(folder)
  return above === folder ? undefined : repositoryAbove(above)
}
