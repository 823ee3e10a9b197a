import { execa, ExecaError } from 'execa'
import { Failure } from '../../domain/failure.js'

/** Milliseconds a process has to leave after SIGTERM. compose stops what it has begun within that. */
const patience = 15_000

/** A finished process. */
export interface Finished {
  readonly exitCode: number
  readonly stdout: string
  /** The last lines of both streams, for messages. */
  readonly lastWords: readonly string[]
}

/** How a process is run. */
export interface ProcessOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Gets every line of both streams. */
  readonly say?: (line: string) => void
  readonly signal?: AbortSignal
  /** Whether stdout is wanted whole. */
  readonly keep?: boolean
  /** What it reads on standard input; nothing where it is left out. */
  readonly input?: string
}

const lastLines = 12

/** compose puts this before log lines even when it was told to leave terminals alone. */
const eraseLine = '\u001b[2K'

/**
 * Runs a command without a shell, and waits for it. Throws the signal's reason when it was
 * aborted, and `undefined` programs as `ENOENT`; an exit code other than 0 is an answer, not an error.
 */
export async function runProcess(
  [file = '', ...given]: readonly string[],
  options: ProcessOptions,
): Promise<Finished> {
  const { environment, say, signal, keep, input } = options
  signal?.throwIfAborted()
  const words: string[] = []
  const running = execa(file, given, {
    env: environment as Record<string, string>,
    extendEnv: false,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    reject: false,
    all: true,
    buffer: { stdout: keep === true, stderr: false, all: false },
    forceKillAfterDelay: patience,
    ...(signal ? { cancelSignal: signal } : {}),
  })
  for await (const raw of running.iterable({ from: keep === true ? 'stderr' : 'all' })) {
    const line = raw.replace(eraseLine, '')
    words.push(line)
    if (words.length > lastLines) words.shift()
    say?.(line)
  }
  const result = await running
  signal?.throwIfAborted()
  // Neither an exit code nor a signal: the program was never started.
  const started = result.exitCode !== undefined || result.signal !== undefined
  if (!started) throw result instanceof Error ? result : new Error(`${file} was not started`)
  return {
    exitCode: result.exitCode ?? 1,
    stdout: typeof result.stdout === 'string' ? result.stdout : '',
    lastWords: words.map((line) => line.trim()).filter((line) => line !== ''),
  }
}

/** Whether an error means that the program is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof ExecaError && error.code === 'ENOENT'
}

/** What compose left with, as a failure that gives its own last words. */
export function composeFailure(verb: string, { exitCode, lastWords }: Finished): Failure {
  const words = lastWords.slice(-4).join('\n')
  if (/cannot connect to the docker daemon|error during connect/i.test(words))
    return new Failure('environment', 'ENGINE_UNREACHABLE', words, ['ops doctor'])
  return new Failure(
    'failed',
    'COMPOSE_FAILED',
    `docker compose ${verb} left with exit code ${exitCode.toString()}: ${words || 'it said nothing'}`,
    ['ops stack ps', 'ops stack logs'],
  )
}
