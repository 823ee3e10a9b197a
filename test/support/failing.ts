import { expect } from 'vitest'
import { exitCodes, type ExitKind } from '../../src/domain/exit.js'
import { ops, type Ended, type Place, type RunOptions } from './cli.js'

/** How a command must fail. */
export interface Expected {
  readonly exitCode: number
  readonly code: string
}

/** The error as `--json` has it. */
export interface JsonError {
  readonly code: string
  readonly kind: ExitKind
  readonly message: string
  readonly next: readonly string[]
  readonly exitCode: number
  readonly facts?: Readonly<Record<string, unknown>>
}

/**
 * Runs a command that must fail, for a person and for a program, and holds both against the contract: the same exit
 * code; one JSON object with nothing in it but what the failure says of itself; no stack trace anywhere.
 */
export async function failsBothWays(
  place: Pick<Place, 'folder' | 'state'>,
  argv: readonly string[],
  expected: Expected,
  options: RunOptions & { readonly inTurn?: boolean } = {},
): Promise<{ readonly plain: Ended; readonly error: JsonError }> {
  const end = argv.indexOf('--')
  const withJson = end === -1 ? [...argv, '--json'] : argv.toSpliced(end, 0, '--json')
  // Side by side, which is quicker; not where both would want the lock of the target.
  const first = ops(place, argv, options)
  if (options.inTurn === true) await first
  const [plain, json] = await Promise.all([first, ops(place, withJson, options)])
  expect(plain.exitCode, plain.stdout + plain.stderr).toBe(expected.exitCode)
  expect(plain.stdout).toBe('')
  expect(plain.stderr).toContain(expected.code)
  holdsNoTrace(plain)

  const error = jsonErrorOf(json, expected)
  expect(error.next.length).toBeGreaterThan(0)
  return { plain, error }
}

/** The error of a run with `--json`, held against the contract. */
export function jsonErrorOf(ended: Ended, { exitCode, code }: Expected): JsonError {
  expect(ended.exitCode, ended.stdout + ended.stderr).toBe(exitCode)
  holdsNoTrace(ended)
  expect(ended.stdout.trim().split('\n')).toHaveLength(1)
  const envelope = JSON.parse(ended.stdout) as { error: JsonError; command: unknown }
  expect(Object.keys(envelope).sort()).toEqual(['command', 'error', 'ok', 'warnings'])
  expect(envelope).toMatchObject({ ok: false, error: { code, exitCode } })
  expect(typeof envelope.command).toBe('string')
  const { error } = envelope
  const { facts, ...rest } = error
  expect(Object.keys(rest).sort()).toEqual(['code', 'exitCode', 'kind', 'message', 'next'])
  expect(exitCodes[error.kind].code).toBe(exitCode)
  expect(error.message).not.toBe('')
  // oclif's own errors carry the command line, the loaded configuration and a stack.
  expect(JSON.stringify(facts ?? {})).not.toMatch(/"(argv|config|stack|oclif|parse|cause)":/)
  return error
}

/** No line of a stack trace, and no word of Node about an error that nobody caught. */
export function holdsNoTrace({ stdout, stderr }: Pick<Ended, 'stdout' | 'stderr'>): void {
  expect(stdout + stderr).not.toMatch(/^ {4}at |node:internal|UnhandledPromise|\[object Object\]/m)
}
