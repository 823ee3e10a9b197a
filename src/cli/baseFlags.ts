import { Flags } from '@oclif/core'
import { Failure } from '../domain/failure.js'
import { logLevels, type LogLevel } from '../domain/ownLog/level.js'
import { milliseconds } from './duration.js'

const helpGroup = 'GLOBAL'

/** Flags of every command. */
export const baseFlags = {
  config: Flags.string({
    helpGroup,
    env: 'OPS_CONFIG',
    helpValue: 'FILE',
    summary: 'Read this ops.yaml instead of the one found upwards from here.',
  }),
  json: Flags.boolean({
    helpGroup,
    env: 'OPS_JSON',
    summary: 'Print one JSON object on standard output, failures included.',
  }),
  quiet: Flags.boolean({
    char: 'q',
    helpGroup,
    env: 'OPS_QUIET',
    summary: 'Print nothing on success; warnings and errors still go to standard error.',
  }),
  verbose: Flags.boolean({
    char: 'v',
    helpGroup,
    env: 'OPS_VERBOSE',
    summary: 'Say more: the causes below an error, stack traces of bugs.',
  }),
  'no-color': Flags.boolean({
    helpGroup,
    env: 'OPS_NO_COLOR',
    summary: 'No colour (NO_COLOR and TERM=dumb do the same, FORCE_COLOR the opposite).',
  }),
  'no-input': Flags.boolean({
    helpGroup,
    env: 'OPS_NO_INPUT',
    summary: 'Never ask; what needs an answer is refused and names the flag that gives it.',
  }),
  'log-level': Flags.option({
    helpGroup,
    env: 'OPS_LOG_LEVEL',
    options: logLevels,
    summary: 'Write so much into the log of ops, whatever ops.yaml says.',
  })(),
  timeout: Flags.string({
    helpGroup,
    env: 'OPS_TIMEOUT',
    helpValue: 'DURATION',
    summary: 'Give up after this long (90s, 30m, 2h), clean up, and exit 124.',
    parse(text) {
      if (milliseconds(text) !== undefined) return Promise.resolve(text)
      throw new Failure('usage', 'USAGE', `"${text}" is not a duration such as 90s, 30m or 2h`, [])
    },
  }),
}

/** What the base class reads of them. */
export interface BaseFlagValues {
  readonly config?: string | undefined
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly 'no-color': boolean
  readonly 'no-input': boolean
  readonly 'log-level'?: LogLevel | undefined
  readonly timeout?: string | undefined
}
