import { Errors } from '@oclif/core'
import { describe, expect, test } from 'vitest'
import { asFailure } from '../../../src/cli/asFailure.js'
import { trail } from '../../../src/cli/bug.js'
import { envelopeText, failureEnvelope, successEnvelope } from '../../../src/cli/envelope.js'
import { unknown } from '../../../src/cli/unknownCommand.js'
import { Failure } from '../../../src/domain/failure.js'
import { nearestName } from '../../../src/domain/nearest.js'

const choices = {
  command: 'backup',
  flags: ['target', 'timeout', 'engine'],
  below: ['list', 'show'],
}

/** An error as oclif's parser throws it, which has no public constructor. */
function parserError(name: string, fields: object, message = 'x'): Error {
  const error = new Errors.CLIError(message)
  Object.defineProperty(error, 'constructor', { value: { name } })
  return Object.assign(error, fields)
}

describe('an error of the parser', () => {
  test('for an unknown flag names the one that was meant', () => {
    const error = parserError('NonExistentFlagsError', { flags: ['--traget'] })
    expect(asFailure(error, choices)).toMatchObject({
      code: 'USAGE',
      exitCode: 2,
      message: 'there is no flag --traget; did you mean --target?',
      next: ['ops backup --help'],
    })
  })

  test('for a flag that is like no other names none, and never its value', () => {
    const error = parserError('NonExistentFlagsError', { flags: ['--password=hunter2'] })
    expect(asFailure(error, choices)?.message).toBe('there is no flag --password')
  })

  test('for a word that is a command misspelt names the command', () => {
    const error = parserError('UnexpectedArgsError', { args: ['lst'] })
    expect(asFailure(error, choices)).toMatchObject({
      message: '"lst" is not a command below ops backup; did you mean "ops backup list"?',
      next: ['ops backup list', 'ops backup --help'],
    })
    const other = parserError('UnexpectedArgsError', { args: ['xyzzy'] })
    expect(asFailure(other, choices)?.message).toBe('"xyzzy" is one argument too many')
  })

  test('of any other kind keeps its sentence, without colour, advice and line breaks', () => {
    const text =
      'The following error occurred:\n  \u001b[2m--all cannot also be given\u001b[22m\nSee more help with --help'
    expect(asFailure(parserError('FailedFlagValidationError', {}, text), choices)?.message).toBe(
      '--all cannot also be given',
    )
  })
})

test('a failure thrown while a flag is parsed loses the wrapping', () => {
  const wrapped = new Failure('usage', 'USAGE', 'x', [])
  wrapped.message = 'Parsing --timeout \n\t"soon" is not a duration\nSee more help with --help'
  expect(asFailure(wrapped, choices)?.message).toBe('--timeout: "soon" is not a duration')
})

test('what nobody expected is no failure but a bug', () => {
  expect(asFailure(new TypeError('x'), choices)).toBeUndefined()
})

test('the trail of an error has the stacks of its causes', () => {
  const error = new Error('top', { cause: new Error('bottom', { cause: 'text' }) })
  expect(trail(error)).toMatch(/Error: top[^]*caused by Error: bottom[^]*caused by text$/)
})

describe('the one JSON object', () => {
  const failure = new Failure('integrity', 'X', 'at mongodb://u:p@h', ['ops x'], {
    cause: new Error('never printed'),
  })

  test('of a failure holds what the failure says of itself, and nothing else', () => {
    expect(failureEnvelope('backup', failure, ['w'])).toEqual({
      ok: false,
      command: 'backup',
      error: {
        code: 'X',
        kind: 'integrity',
        message: 'at mongodb://u:[secret]@h',
        next: ['ops x'],
        exitCode: 12,
      },
      warnings: ['w'],
    })
  })

  test('has facts only where there are some', () => {
    const facts = new Failure('failed', 'X', 'x', [], { facts: { at: 5 } })
    expect(failureEnvelope('backup', facts, [])).toMatchObject({ error: { facts: { at: 5 } } })
  })

  test('is one line for a program, and indented for a person', () => {
    const envelope = successEnvelope('backup', { id: 'a' }, [])
    expect(envelopeText(envelope, false)).toBe(
      '{"ok":true,"command":"backup","result":{"id":"a"},"warnings":[]}\n',
    )
    expect(envelopeText(envelope, true).split('\n').length).toBeGreaterThan(4)
  })
})

describe('did you mean', () => {
  test('a swapped, missing or wrong letter is forgiven; a stranger is not', () => {
    const names = ['backup', 'backup list', 'restore', 'healthcare_mongodb']
    expect(nearestName('bakcup', names)).toBe('backup')
    expect(nearestName('RESTORE', names)).toBe('restore')
    expect(nearestName('mongodb', names)).toBe('healthcare_mongodb')
    expect(nearestName('zz', names)).toBeUndefined()
  })

  test('a command with arguments behind it is still recognised', () => {
    expect(unknown(['restor', 'medical-1'], ['restore', 'backup'])).toMatchObject({
      code: 'COMMAND_UNKNOWN',
      exitCode: 2,
      next: ['ops restore', 'ops help'],
    })
    expect(unknown(['frobnicate'], ['restore']).next).toEqual(['ops help'])
  })
})
