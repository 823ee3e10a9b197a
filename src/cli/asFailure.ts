import { stripVTControlCharacters } from 'node:util'
import { Errors } from '@oclif/core'
import { Failure } from '../domain/failure.js'
import { nearestName } from '../domain/nearest.js'

/** What there is to choose from, for did-you-mean. */
export interface Choices {
  /** The command as it is typed, without `ops`. */
  readonly command: string
  /** Names of its flags, without dashes. */
  readonly flags: readonly string[]
  /** Last words of the commands below it. */
  readonly below: readonly string[]
}

/** Whatever was thrown as a `Failure`; nothing for what nobody expected, which is a bug. */
export function asFailure(error: unknown, choices: Choices): Failure | undefined {
  if (error instanceof Failure) return afterParsing(error, choices)
  if (error instanceof Errors.CLIError) return usage(error, choices)
  return undefined
}

/** oclif rewrites the message of what a flag's own `parse` throws; this takes its wrapping off. */
function afterParsing(failure: Failure, { command }: Choices): Failure {
  const wrapped = /^Parsing (--\S+) \n\t(.*)\nSee more help with --help$/s.exec(failure.message)
  if (!wrapped) return failure
  const [, flag = '', message = ''] = wrapped
  return new Failure(failure.kind, failure.code, `${flag}: ${message}`, [
    ...failure.next,
    `ops ${command} --help`,
  ])
}

function usage(error: Errors.CLIError, { command, flags, below }: Choices): Failure {
  const help = `ops ${command} --help`
  const failure = (message: string, ...next: string[]) =>
    new Failure('usage', 'USAGE', message, [...next, help])

  const unknown = listOf(error, 'flags')
  const [flag] = unknown
  if (error.constructor.name === 'NonExistentFlagsError' && flag !== undefined) {
    const name = flag.split('=')[0] ?? flag
    const meant = nearestName(name.replace(/^-+/, ''), flags)
    if (meant === undefined) return failure(`there is no flag ${name}`)
    return failure(`there is no flag ${name}; did you mean --${meant}?`)
  }
  const [word] = listOf(error, 'args')
  if (error.constructor.name === 'UnexpectedArgsError' && word !== undefined) {
    const meant = nearestName(word, below)
    if (meant !== undefined)
      return failure(
        `"${word}" is not a command below ops ${command}; did you mean "ops ${command} ${meant}"?`,
        `ops ${command} ${meant}`,
      )
    return failure(`"${word}" is one argument too many`)
  }
  return failure(plain(error.message))
}

function listOf(error: Error, key: 'flags' | 'args'): readonly string[] {
  const value: unknown = (error as Error & Record<string, unknown>)[key]
  return Array.isArray(value) ? value.map(String) : []
}

/** oclif's sentence without its colours, its advice and its line breaks. */
function plain(message: string): string {
  return stripVTControlCharacters(message)
    .replace(/\nSee more help with --help$/, '')
    .replace(/^The following errors? occurred:\s*/, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ')
}
