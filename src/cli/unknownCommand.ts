import type { Hook } from '@oclif/core'
import { Failure } from '../domain/failure.js'
import { nearestName } from '../domain/nearest.js'
import { envelopeText, failureEnvelope } from './envelope.js'

/** oclif's hook for a command that is not there: says so, names the nearest one, exits 2. It never asks and never runs another. */
const unknownCommand: Hook.CommandNotFound = async function ({ id, argv = [], config }) {
  const words = id.split(':')
  const names = config.commands
    .filter(({ hidden }) => !hidden)
    .map((command) => command.id.replaceAll(':', ' '))
  const failure = unknown(words, names)
  if (argv.includes('--json') || process.argv.includes('--json')) {
    process.stdout.write(
      envelopeText(failureEnvelope(words.join(' '), failure, []), process.stdout.isTTY),
    )
  } else {
    const { failureScreen } = await import('../report/failure.js')
    const canvas = { color: false, terminal: false, columns: 80, now: new Date() }
    process.stderr.write(`${failureScreen(failure, canvas)}\n`)
  }
  this.exit(failure.exitCode)
}

/** `COMMAND_UNKNOWN` (usage), with the command that was probably meant: what was typed may have arguments at its end. */
export function unknown(words: readonly string[], names: readonly string[]): Failure {
  const typed = words.join(' ')
  const meant = words
    .map((_, index) => nearestName(words.slice(0, words.length - index).join(' '), names))
    .find((name) => name !== undefined)
  return new Failure(
    'usage',
    'COMMAND_UNKNOWN',
    meant === undefined
      ? `"${typed}" is not a command of ops`
      : `"${typed}" is not a command of ops; did you mean "ops ${meant}"?`,
    [...(meant === undefined ? [] : [`ops ${meant}`]), 'ops help'],
  )
}

export default unknownCommand
