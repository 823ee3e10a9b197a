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

/** `--wait DURATION`: how long services may take to become healthy. */
export function wait() {
  return Flags.string({
    env: 'OPS_WAIT',
    helpValue: 'DURATION',
    default: '2m',
    summary: 'How long to wait for health.',
    parse(text) {
      if (milliseconds(text) !== undefined) return Promise.resolve(text)
      throw new Failure('usage', 'USAGE', `"${text}" is not a duration such as 90s, 30m or 2h`, [])
    },
  })
}

/** Seconds of `--wait`. */
export function waitSeconds(text: string): number {
  return Math.ceil((milliseconds(text) ?? 0) / 1000)
}
