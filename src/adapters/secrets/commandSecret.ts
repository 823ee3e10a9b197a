import { basename } from 'node:path'
import { execa, ExecaError } from 'execa'
import type { Failure } from '../../domain/failure.js'
import type { Secret } from '../../domain/secret.js'
import { singleLine, unavailable, type TakeSecret } from './singleLine.js'

/** Milliseconds a command has. A password manager that asks somebody something will never answer under cron. */
const patience = 10_000

/**
 * What a command prints, run without a shell. Throws `SECRET_UNAVAILABLE` (usage). What it says on stderr is not
 * repeated: tools like to print what they were given.
 */
export async function secretFromCommand(
  command: readonly string[],
  timeout = patience,
  take: TakeSecret = singleLine,
): Promise<Secret> {
  const [program = '', ...args] = command
  const source = `the secret command "${basename(program)}"`
  const running = execa(program, args, {
    stdin: 'ignore',
    stderr: 'ignore',
    maxBuffer: 64 * 1024,
    stripFinalNewline: false,
  })
  const late = new AbortController()
  const deadline = setTimeout(() => {
    late.abort()
    running.kill('SIGKILL')
    // A process that the command left behind may hold its output open for ever.
    running.stdout.destroy()
  }, timeout)
  try {
    return take((await running).stdout, source)
  } catch (error) {
    if (late.signal.aborted)
      throw unavailable(`${source} did not answer within ${inSeconds(timeout)}`, byHand)
    if (error instanceof ExecaError) throw because(error as ExecaError, source)
    throw error
  } finally {
    clearTimeout(deadline)
  }
}

const byHand = ['run the command by hand to see what it says']

function inSeconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toString()} s`
}

/** The cause is left out on purpose: it carries the whole output. */
function because(error: ExecaError, source: string): Failure {
  if (error.code === 'ENOENT') return unavailable(`${source} cannot be found`)
  if (error.isMaxBuffer) return unavailable(`${source} printed more than 64 KiB`, byHand)
  if (error.signal !== undefined) {
    return unavailable(`${source} was ended by ${error.signal}`, byHand)
  }
  if (error.exitCode === undefined) {
    return unavailable(`${source} cannot be run (${error.code ?? 'unknown reason'})`)
  }
  return unavailable(`${source} failed with exit code ${error.exitCode.toString()}`, byHand)
}
