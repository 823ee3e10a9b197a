import { exitCodes } from '../../domain/exit.js'

/** A flag as the list of variables needs it. */
export interface FlagVariable {
  readonly variable: string
  readonly flag: string
  readonly summary: string
}

/** Variables that no flag stands for. */
const others: readonly (readonly [name: string, meaning: string])[] = [
  [
    'OPS_STATE',
    'Folder of receipts and locks, and of the log where nothing else names its folder.',
  ],
  ['OPS_SHELF', 'Folder of the backups, whatever ops.yaml says.'],
  ['OPS_LOG', 'Folder of the log, whatever ops.yaml says.'],
  ['OPS_DEBUG', 'Like --verbose: causes and stack traces below an error.'],
  ['NO_COLOR', 'No colour, if it is set to anything.'],
  ['FORCE_COLOR', 'Colour even in a pipe; 0 for none at all.'],
  ['CI', 'Never ask, like --no-input.'],
  ['DOCKER_HOST', 'The Docker engine to talk to, as docker itself reads it; also DOCKER_CONTEXT.'],
]

/** `ops help exit-codes`: the one table, as text. */
export function exitCodesTopic(): string {
  const rows = Object.entries(exitCodes).map(
    ([kind, { code, meaning }]) =>
      `  ${code.toString().padStart(3)}  ${kind.padEnd(11)}  ${meaning}`,
  )
  return [
    'Exit codes. The same with and without --json. Codes are only ever added: take an unknown one for a failure.',
    '',
    ...rows,
  ].join('\n')
}

/** `ops help environment`: the variable of each flag, then those without one. */
export function environmentTopic(flags: readonly FlagVariable[]): string {
  const unique = [...new Map(flags.map((flag) => [flag.variable, flag])).values()].sort(
    (one, other) => one.variable.localeCompare(other.variable),
  )
  const width = Math.max(
    ...[...unique.map(({ variable }) => variable), ...others.map(([name]) => name)].map(
      (name) => name.length,
    ),
  )
  return [
    'Environment variables. A flag on the command line has the last word.',
    '',
    ...unique.map(
      ({ variable, flag, summary }) => `  ${variable.padEnd(width)}  --${flag}: ${summary}`,
    ),
    '',
    ...others.map(([name, meaning]) => `  ${name.padEnd(width)}  ${meaning}`),
  ].join('\n')
}
