import { Flags } from '@oclif/core'
import { Failure } from '../domain/failure.js'
import { milliseconds } from './duration.js'

/** `--target NAME`: which of several targets. */
export function target() {
  return Flags.string({
    char: 't',
    env: 'OPS_TARGET',
    helpValue: 'NAME',
    summary: 'Target of ops.yaml to work on; not needed where there is only one.',
  })
}

/** `--all`: every target, one after the other. */
export function all() {
  return Flags.boolean({
    env: 'OPS_ALL',
    exclusive: ['target'],
    summary: 'Every target of ops.yaml, one after the other.',
  })
}

/** `--from PLACE`: copies elsewhere instead of the shelf. */
export function from() {
  return Flags.string({
    env: 'OPS_FROM',
    helpValue: 'PLACE',
    summary: 'Look in this place of backup.copies instead of the shelf.',
  })
}

/** `--confirm NAME`: the typed name of a destructive command, given in advance. */
export function confirm() {
  return Flags.string({
    env: 'OPS_CONFIRM',
    helpValue: 'NAME',
    summary: 'Answer the question for the name in advance; the only way without a terminal.',
  })
}

/** `--dry-run`: the plan, and nothing else. */
export function dryRun() {
  return Flags.boolean({
    char: 'n',
    env: 'OPS_DRY_RUN',
    summary: 'Print the plan that would be carried out, and change nothing.',
  })
}

/** `--no-safety-backup`: gives up the way back. */
export function noSafetyBackup() {
  return Flags.boolean({
    env: 'OPS_NO_SAFETY_BACKUP',
    summary: 'Do not save what is there now first. Then this cannot be undone.',
  })
}

/** `--lock-limit DURATION`: how long writes may wait for a copy of the data files. */
export function lockLimit() {
  return Flags.string({
    env: 'OPS_LOCK_LIMIT',
    helpValue: 'DURATION',
    default: '60s',
    summary:
      'With --physical: how long writes may wait. Then they go on, and the copy is given up.',
    parse: duration,
  })
}

/** Seconds of `--lock-limit`. */
export function lockLimitSeconds(text: string): number {
  return (milliseconds(text) ?? 0) / 1000
}

/** `--write DURATION`: how long a drill writes before it does something. */
export function write() {
  return Flags.string({
    env: 'OPS_WRITE',
    helpValue: 'DURATION',
    summary:
      'How long to write before each disaster; with slices one and a half of their intervals, else 3 s.',
    parse: duration,
  })
}

/** `--wait DURATION`: how long services may take to become healthy. */
export function wait() {
  return Flags.string({
    env: 'OPS_WAIT',
    helpValue: 'DURATION',
    default: '2m',
    summary: 'How long to wait for health.',
    parse: duration,
  })
}

/** `--watch`: again and again; not together with these other flags. */
export function watch(exclusive: string[] = []) {
  return Flags.boolean({
    char: 'w',
    env: 'OPS_WATCH',
    exclusive,
    summary: 'Look again and again, and draw over what was there, until Ctrl-C.',
  })
}

/** `--every DURATION`: how long `--watch` waits between two looks. */
export function pause() {
  return Flags.string({
    env: 'OPS_EVERY',
    helpValue: 'DURATION',
    default: '5s',
    summary: 'With --watch: how long to wait from one look to the next.',
    async parse(text) {
      const given = await duration(text)
      return (milliseconds(given) ?? 0) < 500 ? '500ms' : given
    },
  })
}

/** `--look-limit DURATION`: how long looking for damage may take. */
export function lookLimit() {
  return Flags.string({
    env: 'OPS_LOOK_LIMIT',
    helpValue: 'DURATION',
    default: '2m',
    summary:
      'How long reading every collection may take. What is not read by then is told, and not called sound.',
    parse: duration,
  })
}

/** `--look-limit DURATION`: how long the server may take over one question. */
export function questionLimit() {
  return Flags.string({
    env: 'OPS_LOOK_LIMIT',
    helpValue: 'DURATION',
    default: '2m',
    summary: 'How long the server may take over one question; then it ends it, and that is told.',
    parse: duration,
  })
}

/** Milliseconds of `--look-limit`. */
export function lookLimitMilliseconds(text: string): number {
  return milliseconds(text) ?? 0
}

/** `--scheduled`: what cron and systemd start. */
export function scheduled() {
  return Flags.boolean({
    env: 'OPS_SCHEDULED',
    summary: 'A run that nobody watches: goes by `schedule` of ops.yaml and is recorded.',
  })
}

/** `--random-delay DURATION`: for cron, which cannot do it itself. */
export function randomDelay() {
  return Flags.string({
    env: 'OPS_RANDOM_DELAY',
    helpValue: 'DURATION',
    summary: 'Start after a random part of this.',
    parse: duration,
  })
}

/** `--retries N`: how often a backup is tried again. */
export function retries() {
  return Flags.integer({
    env: 'OPS_RETRIES',
    helpValue: 'N',
    min: 0,
    max: 10,
    summary: 'Try so many times more after a failure that may pass by itself.',
  })
}

/** `--lock-wait DURATION`: how long to wait for another run. */
export function lockWait() {
  return Flags.string({
    env: 'OPS_LOCK_WAIT',
    helpValue: 'DURATION',
    summary: 'Wait this long for another run that holds the target.',
    parse: duration,
  })
}

/** `--with cron|systemd`: who runs the schedule. */
export function scheduler() {
  return Flags.option({
    options: ['cron', 'systemd'] as const,
    env: 'OPS_SCHEDULER',
    summary: 'Who runs it; by default systemd where it runs the machine, else cron.',
  })()
}

/** `--root DIR`: files for another machine, or for a package. */
export function root() {
  return Flags.string({
    env: 'OPS_ROOT',
    helpValue: 'DIR',
    summary: 'Work below this folder as if it were /, and take nothing into service.',
  })
}

/** Throws `USAGE` (usage) for what is no duration. */
function duration(text: string): Promise<string> {
  if (milliseconds(text) !== undefined) return Promise.resolve(text)
  throw new Failure('usage', 'USAGE', `"${text}" is not a duration such as 90s, 30m or 2h`, [])
}

/** Seconds of `--wait`. */
export function waitSeconds(text: string): number {
  return Math.ceil((milliseconds(text) ?? 0) / 1000)
}
