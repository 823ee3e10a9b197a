import { Failure } from '../../domain/failure.js'
import type { ToolOutcome } from '../../ports/tools.js'

/** A tool that left with another exit code than 0: what it said last, and what is known of why. */
export function toolFailure(
  tool: 'mongodump' | 'mongorestore',
  outcome: ToolOutcome,
  next: readonly string[],
): Failure {
  const { exitCode, lines, because } = outcome
  if (exitCode === 126 || exitCode === 127) {
    return new Failure(
      'environment',
      'TOOL_MISSING',
      `${tool} cannot be run (exit code ${exitCode.toString()})`,
      ['ops doctor', 'ops backup --engine host'],
    )
  }
  const said = cause(lines)
  const parts = [
    `${tool} left with exit code ${exitCode.toString()}`,
    ...(because === undefined ? [] : [because]),
    ...(said === undefined ? [] : [`it said: ${withoutTime(said)}`]),
  ]
  const code = tool === 'mongodump' ? 'DUMP_FAILED' : 'RESTORE_FAILED'
  return new Failure('failed', code, parts.join('; '), next, {
    facts: { exitCode, lines },
    ...(said === undefined ? {} : { quotes: withoutTime(said) }),
  })
}

/** The tools begin each line with the time. */
function withoutTime(line: string): string {
  return line.replace(/^\d{4}-\d\d-\d\dT\S+\s+/, '')
}

/** The tools end with `Failed: why`. Their counts speak of failed documents also where none has failed: never the cause. */
function cause(lines: readonly string[]): string | undefined {
  const others = lines.filter((line) => !/\d+ document\(s\) (restored|failed)/.test(line))
  return (
    others.findLast((line) => /\bFailed: /.test(line)) ??
    others.findLast((line) => /failed|error/i.test(line)) ??
    others.at(-1) ??
    lines.at(-1)
  )
}
