import { execa } from 'execa'

/** Milliseconds for git's answer. */
const patience = 5_000

/** Nothing of a repository's own settings is run: it may be somebody else's. */
const harmless = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null']

/** Asks the git of this machine about a folder, changing nothing there. Never throws: how it went is in the answer. */
export function git(
  folder: string,
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
) {
  return execa('git', [...harmless, '-C', folder, ...argv], {
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
}
