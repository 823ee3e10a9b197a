import { exitCodes, type ExitKind } from './exit.js'

/** Every kind but success. */
export type FailureKind = Exclude<ExitKind, 'ok'>

/** What a `Failure` may carry besides its sentence. */
export interface FailureDetails {
  /** The error that led here; kept for the log, never printed whole. */
  readonly cause?: unknown
  /** Plain facts for the log and for `--json` (no secrets: it is printed as it is). */
  readonly facts?: Readonly<Record<string, unknown>>
  /** The part of the sentence that another program said of what it handles: it may name a patient, and stays out of the log. */
  readonly quotes?: string
}

/**
 * An expected failure: what happened and why (`message`), what to type next (`next`), a stable `code`, and a `kind`
 * that decides the exit code. Everything else that is thrown counts as a bug of ops.
 */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: number
  readonly facts: Readonly<Record<string, unknown>>
  readonly quotes: string | undefined

  constructor(
    readonly kind: FailureKind,
    readonly code: string,
    message: string,
    readonly next: readonly string[],
    details: FailureDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.exitCode = exitCodes[kind].code
    this.facts = details.facts ?? {}
    this.quotes = details.quotes
  }
}
