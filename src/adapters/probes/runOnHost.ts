import { execa } from 'execa'
import { Failure } from '../../domain/failure.js'
import { plainEnvironment } from '../host/plainEnvironment.js'

/** Milliseconds between being told to end and being ended. */
const patience = 500

/** What runs on this machine, and where. */
export interface HostCommand {
  readonly command: readonly string[]
  readonly folder: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * Runs a command without a shell and without what it prints, in an environment that holds no secret; gives its exit code. Aborted,
 * it is ended with everything that it started and that has not gone its own way. Throws `COMMAND_NOT_STARTED` (environment).
 */
export async function runOnHost(
  { command: [program = '', ...given], folder, environment }: HostCommand,
  signal: AbortSignal,
): Promise<number> {
  signal.throwIfAborted()
  const child = execa(program, given, {
    cwd: folder,
    // Whatever it leaves behind may keep a pipe open for ever.
    stdio: 'ignore',
    reject: false,
    extendEnv: false,
    env: plainEnvironment(environment),
    // A process group of its own, which is ended as one.
    detached: true,
    cleanup: false,
  })
  let killing: NodeJS.Timeout | undefined
  const stop = () => {
    send(child.pid, 'SIGTERM')
    killing = setTimeout(() => {
      send(child.pid, 'SIGKILL')
    }, patience)
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    const { exitCode, signal: killedBy } = await child
    if (signal.aborted) {
      // What it started may outlive it.
      send(child.pid, 'SIGKILL')
      signal.throwIfAborted()
    }
    if (exitCode !== undefined) return exitCode
    // As a shell has it: 128 and the number of the signal, which nobody asks for here.
    if (killedBy !== undefined) return 128
    throw notStarted(program)
  } finally {
    clearTimeout(killing)
    signal.removeEventListener('abort', stop)
  }
}

function send(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // They have left already, which is what was wanted.
  }
}

/** A program that is not there, as `COMMAND_NOT_STARTED` (environment). */
function notStarted(program: string): Failure {
  return new Failure(
    'environment',
    'COMMAND_NOT_STARTED',
    `"${program}" could not be started on this machine: it is not there, or may not be run`,
    [`command -v ${program}`, 'ops config show'],
  )
}
