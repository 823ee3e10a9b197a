import type { Failure } from '../domain/failure.js'
import { scrub } from '../domain/scrub.js'

/** The one object that `--json` prints. Fields are only ever added. */
export type Envelope =
  | {
      readonly ok: true
      readonly command: string
      readonly result: unknown
      readonly warnings: readonly string[]
    }
  | {
      readonly ok: false
      readonly command: string
      readonly error: {
        readonly code: string
        readonly kind: string
        readonly message: string
        readonly next: readonly string[]
        readonly exitCode: number
        readonly facts?: Readonly<Record<string, unknown>>
      }
      readonly warnings: readonly string[]
    }

/** Envelope of a command that did what it is for. What it found out may be bad news all the same: see its exit code. */
export function successEnvelope(
  command: string,
  result: unknown,
  warnings: readonly string[],
): Envelope {
  return { ok: true, command, result, warnings }
}

/** Envelope of a failure: nothing but what the failure says of itself, so that nothing else can leak. */
export function failureEnvelope(
  command: string,
  failure: Failure,
  warnings: readonly string[],
): Envelope {
  const { code, kind, message, next, exitCode, facts } = failure
  return {
    ok: false,
    command,
    error: {
      code,
      kind,
      message: scrub(message),
      next: next.map((line) => scrub(line)),
      exitCode,
      ...(Object.keys(facts).length > 0 ? { facts } : {}),
    },
    warnings,
  }
}

/** An envelope as text: indented for a person, one line for a program. */
export function envelopeText(envelope: Envelope, terminal: boolean): string {
  return `${JSON.stringify(envelope, undefined, terminal ? 2 : undefined)}\n`
}
