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

/** Throws `USAGE` (usage) for what is no duration. */
function duration(text: string): Promise<string> {
  if (milliseconds(text) !== undefined) return Promise.resolve(text)
  throw new Failure('usage', 'USAGE', `"${text}" is not a duration such as 90s, 30m or 2h`, [])
}

/** Seconds of `--wait`. */
export function waitSeconds(text: string): number {
  return Math.ceil((milliseconds(text) ?? 0) / 1000)
}
