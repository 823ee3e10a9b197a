import { setTimeout as sleep } from 'node:timers/promises'
import { isEngineAnswer, type DockerClient } from '../docker/client.js'
import { startExec, type ExecProcess } from '../docker/exec.js'
import { Failure } from '../../domain/failure.js'
import { drained } from '../tools/drained.js'
import { runTool } from '../tools/runTool.js'
import { processMark } from '../tools/wrapper.js'
import { unlessAborted } from './unlessAborted.js'

/** Tells the number of its process, which is then that of the command: nothing of that is read as a shell would read it. */
const announced = `echo "${processMark} $$" >&2; exec "$@"`

/** Ends a process and its group, and waits a second until it is gone. Leaves with 0 if it is. */
const ended = `
kill -s KILL -- "-$1" 2>/dev/null
kill -s KILL "$1" 2>/dev/null
look=0
while kill -s 0 "$1" 2>/dev/null && [ "$look" -lt 10 ]; do sleep 0.1; look=$((look + 1)); done
! kill -s 0 "$1" 2>/dev/null`

/** Milliseconds until it must have told its number, and for ending it: together less than anybody waits for that. */
const announcing = 700
const patience = 2_000

/** A running container. */
interface Running {
  readonly id: string
  readonly name: string
}

/**
 * Runs a command in a container, without what it prints; gives its exit code. The engine ends nothing that it started there, so
 * that a command is ended from within when the signal is aborted: throws `COMMAND_LEFT_RUNNING` (timed-out) where that cannot be, for
 * an image without a shell.
 */
export async function runInContainer(
  client: DockerClient,
  container: Running,
  command: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const first = await attempt(client, container, ['sh', '-c', announced, 'sh', ...command], signal)
  // The mark is the first thing that a shell says: without it there was none.
  if (first.process !== undefined || first.exitCode < 126) return first.exitCode
  return (await attempt(client, container, command, signal)).exitCode
}

async function attempt(
  client: DockerClient,
  container: Running,
  argv: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly exitCode: number; readonly process?: number }> {
  signal.throwIfAborted()
  let said = ''
  const started = await startExec(client, {
    container: container.id,
    argv,
    onStderr: (chunk) => {
      if (said.length < 200) said += Buffer.from(chunk).toString('latin1')
    },
  }).catch((error: unknown) => {
    // So newer engines say that there is no such program.
    if (isEngineAnswer(error) && error.statusCode === 400) return undefined
    throw error
  })
  if (!started) return { exitCode: 127 }
  try {
    const exitCode = await unlessAborted(exitOf(started), signal)
    if (exitCode === undefined) {
      const from = performance.now()
      while (processIn(said) === undefined && performance.now() - from < announcing) await sleep(25)
      await end(client, container, processIn(said))
    }
    signal.throwIfAborted()
    const process = processIn(said)
    return { exitCode: exitCode ?? 1, ...(process === undefined ? {} : { process }) }
  } finally {
    started.destroy()
  }
}

/** Reads what it prints away: whoever is not read waits. */
async function exitOf(started: ExecProcess): Promise<number> {
  started.stdin.end()
  await drained(started.stdout)
  return started.exitCode()
}

function processIn(said: string): number | undefined {
  const number = new RegExp(`^${processMark} (\\d+)$`, 'm').exec(said)?.[1]
  return number === undefined ? undefined : Number(number)
}

async function end(
  client: DockerClient,
  { id, name }: Running,
  process: number | undefined,
): Promise<void> {
  const host = {
    start: (argv: readonly string[], onStderr: (chunk: Uint8Array) => void) =>
      startExec(client, { container: id, argv, onStderr }),
  }
  const isGone =
    process !== undefined &&
    (await runTool(host, ['sh', '-c', ended, 'sh', process.toString()], patience).then(
      ({ exitCode }) => exitCode === 0,
      () => false,
    ))
  if (isGone) return
  throw new Failure(
    'timed-out',
    'COMMAND_LEFT_RUNNING',
    `the command may still be running in the container ${name}: it could not be ended from here`,
    [`docker top ${name}`],
  )
}
