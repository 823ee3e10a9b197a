import { createHash } from 'node:crypto'
import { Failure } from '../../domain/failure.js'
import type { StackMark } from '../../domain/scheduleMark.js'
import type { jobsOf } from '../../domain/schedule.js'
import type { SchedulerName, SystemdScope } from '../../ports/schedulers.js'

/** A job with its name. */
export type NamedJob = ReturnType<typeof jobsOf>[number]

/** Everything that the files of a schedule are made from. */
export interface Installation {
  readonly stack: StackMark
  readonly jobs: readonly NamedJob[]
  /** Absolute paths of node and of what it runs. */
  readonly node: string
  readonly script: string
  /** All that a job finds in its environment, PATH and HOME included. No secrets. */
  readonly environment: Readonly<Record<string, string>>
  /** Folders a job writes to: shelf, state and log. */
  readonly writes: readonly string[]
  /** Who the jobs run as. */
  readonly user: string
  /** The whole machine's, by root (or below a scratch root); else the user's own. */
  readonly scope: SystemdScope
  /** Put before the absolute paths of the machine: empty, or a scratch root. */
  readonly root: string
  /** Folder of the user's own units. */
  readonly userUnits: string
}

/** Where the crontab lies that belongs to the whole machine (cron(8): letters, digits, - and _ only). */
export function cronFilePath({ root, stack }: Pick<Installation, 'root' | 'stack'>): string {
  return `${root}/etc/cron.d/ops-${stack.name}`
}

/** Name of a job's units without its ending. */
export function unitName({ name }: StackMark, job: string): string {
  return `ops-${name}-${job}`
}

/** Folder of the units. */
export function unitFolder({ scope, root, userUnits }: Installation): string {
  return scope === 'system' ? `${root}/etc/systemd/system` : userUnits
}

/** Sum of a text, for noticing edits. */
export function sumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

/**
 * Throws `SCHEDULE_IMPOSSIBLE` (refused) for a path or value that holds a control character: neither a line of cron nor a
 * unit can carry it.
 */
export function requireWritable({ stack, node, script, environment, user }: Installation): void {
  const values = [stack.file, node, script, user, ...Object.values(environment)]
  const odd = values.find((value) => /[\u0000-\u001f\u007f]/u.test(value))
  if (odd === undefined) return
  throw impossible(`${JSON.stringify(odd)} holds a control character`)
}

/** A schedule that its scheduler cannot be told. */
export function impossible(why: string, scheduler?: SchedulerName): Failure {
  return new Failure(
    'refused',
    'SCHEDULE_IMPOSSIBLE',
    `the schedule cannot be written${scheduler === undefined ? '' : ` for ${scheduler}`}: ${why}; nothing was changed`,
    scheduler === 'cron' ? ['ops schedule install --with systemd'] : ['ops config path'],
  )
}

/** The words after node and its script. Everything else is read from `ops.yaml` when the job runs. */
export function jobArguments(argv: readonly string[], { stack }: Installation): readonly string[] {
  return [...argv, '--scheduled', '--quiet', '--config', stack.file]
}
