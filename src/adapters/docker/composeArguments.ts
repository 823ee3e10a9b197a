import type { Stack } from '../../domain/target.js'
import type { LogOptions } from '../../ports/compose.js'

/** What every call to compose begins with: which project, and no drawing on a terminal. */
export function projectArguments(stack: Stack): readonly string[] {
  return [
    '--ansi',
    'never',
    '--project-directory',
    stack.directory,
    ...stack.composeFiles.flatMap((file) => ['--file', file]),
    ...(stack.project === undefined ? [] : ['--project-name', stack.project]),
  ]
}

/** Also what belongs to a profile: for calls that must see the whole project. */
export const everyProfile: readonly string[] = ['--profile', '*']

/** `up` of exactly these services, waiting for their health. */
export function upArguments(services: readonly string[], timeoutSeconds: number): string[] {
  return [
    'up',
    '--detach',
    '--no-deps',
    '--wait',
    '--wait-timeout',
    Math.max(1, Math.ceil(timeoutSeconds)).toString(),
    '--',
    ...services,
  ]
}

/** `up` of one service that keeps what is there as it is, or makes it anew whatever it is. */
export function makeArguments(service: string, timeoutSeconds: number, anew: boolean): string[] {
  const [up = '', ...rest] = upArguments([service], timeoutSeconds)
  return [up, anew ? '--force-recreate' : '--no-recreate', ...rest]
}

/** `run` of a one-off container. Values of variables stay in the environment of the process, out of its arguments. */
export function runArguments(
  service: string,
  container: string | undefined,
  variables: readonly string[],
): string[] {
  return [
    'run',
    '--no-deps',
    '--no-TTY',
    '--interactive=false',
    ...(container === undefined ? ['--rm'] : ['--name', container]),
    ...variables.flatMap((name) => ['--env', name]),
    '--',
    service,
  ]
}

/** `logs`; with a time on each line where the lines of several services have to be put in order. */
export function logsArguments(
  services: readonly string[],
  options: LogOptions,
  timestamps: boolean,
): string[] {
  return [
    'logs',
    '--no-color',
    ...(timestamps ? ['--timestamps'] : []),
    ...(options.follow ? ['--follow'] : []),
    ...(options.since === undefined ? [] : ['--since', options.since]),
    '--tail',
    options.tail === undefined ? 'all' : options.tail.toString(),
    '--',
    ...services,
  ]
}

/** The end of one container's log, as docker itself tells it. */
export function lastLinesArguments(container: string, count: number, timed: boolean): string[] {
  return ['logs', ...(timed ? ['--timestamps'] : []), '--tail', count.toString(), container]
}
