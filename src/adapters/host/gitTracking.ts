import { lstat, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Tracking } from '../../ports/machine.js'
import { git } from './git.js'

/** Whether git keeps a file. Without git it is looked whether there is a repository at all. */
export async function gitTracking(
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Tracking> {
  const real = await realpath(path).catch(() => path)
  const folder = dirname(real)
  const asked = ['ls-files', '--error-unmatch', '--', basename(real)]
  const { exitCode, stderr, code } = await git(folder, asked, environment)
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
