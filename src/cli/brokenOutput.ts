import type { EventEmitter } from 'node:events'
import { exitCodes } from '../domain/exit.js'
import { Failure } from '../domain/failure.js'

/** The parts of a process that are concerned. */
export interface Leaving {
  readonly stdout: EventEmitter
  readonly stderr: { write: (text: string) => unknown }
  exitCode?: number | string | null | undefined
  once(event: 'exit', listener: () => void): unknown
}

/**
 * A standard output that takes no more (a full disk) must not end a command with a stack trace: what it does it goes on
 * doing, one sentence says that the result is lost, and success becomes `partial`. A reader who has had enough (`head`)
 * is no error. Takes the place of oclif's listener, which throws.
 */
export function surviveBrokenOutput(leaving: Leaving): void {
  let told = false
  leaving.stdout.removeAllListeners('error')
  leaving.stdout.on('error', (error: Error & { readonly code?: string }) => {
    if (error.code === 'EPIPE' || told) return
    told = true
    const { message, code } = unwritten(error)
    leaving.stderr.write(`✗ ${message}\n  Code  ${code} (exit ${partial.toString()})\n`)
    // The last word: some commands decide on their exit code after they have printed.
    leaving.once('exit', () => {
      leaving.exitCode =
        leaving.exitCode === undefined ? partial : Number(leaving.exitCode) || partial
    })
  })
}

const partial = exitCodes.partial.code

function unwritten(cause: Error): Failure {
  return new Failure(
    'partial',
    'RESULT_UNWRITTEN',
    `standard output takes no more, so the result is lost (the command itself is not ended by it): ${cause.message}`,
    [],
    { cause },
  )
}
