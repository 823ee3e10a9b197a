import type { Duplex, Writable } from 'node:stream'
import { asking, isEngineAnswer, type DockerClient } from './client.js'
import { demultiplex } from '../../archive/frames.js'
import { readAhead } from '../../archive/readAhead.js'
import { Failure } from '../../domain/failure.js'

/** What to run in a container. Nothing in here may be a secret: the engine shows it to whoever asks. */
export interface ExecRequest {
  readonly container: string
  readonly argv: readonly string[]
  /** Variables set for the process; an empty value hides one of the container's own. */
  readonly environment?: Readonly<Record<string, string>>
  readonly onStderr: (chunk: Uint8Array) => void
}

/** A process in a container. Its standard input stays open until `stdin.end()`, which closes only that direction. */
export interface ExecProcess {
  readonly stdin: Writable
  readonly stdout: AsyncIterable<Uint8Array>
  /** Exit code once it has left. The end of `stdout` alone proves nothing (moby sends the same end for a killed container). */
  exitCode(): Promise<number>
  /** Lets go of the connection. */
  destroy(): void
}

/** Of standard output, while nobody asks for more: about what a process writes while two blocks are compressed. */
const aheadBytes = 8 * 1024 * 1024

/** Milliseconds to wait for an exit code after the stream has ended: the engine may report it late. */
const exitCodePatience = 5_000

/**
 * Starts a process in a running container. `hijack` is what keeps standard input usable: without it the HTTP connection is
 * closed as a whole when input ends (docker-modem #48).
 */
export async function startExec(client: DockerClient, request: ExecRequest): Promise<ExecProcess> {
  const container = client.docker.getContainer(request.container)
  const exec = await inRunning(request.container, () =>
    asking(client, () =>
      container.exec({
        Cmd: [...request.argv],
        Env: Object.entries(request.environment ?? {}).map(([name, value]) => `${name}=${value}`),
        AttachStdin: true,
        AttachStdout: true,
        AttachStderr: true,
        Tty: false,
      }),
    ),
  )
  const socket: Duplex = await inRunning(request.container, () =>
    asking(client, () => exec.start({ hijack: true, stdin: true, Tty: false })),
  )
  // A write to a process that has left fails here; its exit code says why, so the error itself is not needed.
  socket.on('error', () => undefined)

  return {
    stdin: socket,
    stdout: readAhead(demultiplex(socket, request.onStderr), aheadBytes),
    exitCode: () => exitCodeOf(client, () => exec.inspect()),
    destroy: () => {
      socket.destroy()
    },
  }
}

/** The engine refuses to start anything in a container that stopped, or went, a moment ago. */
async function inRunning<Answer>(container: string, call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call()
  } catch (error) {
    if (!isEngineAnswer(error) || (error.statusCode !== 404 && error.statusCode !== 409))
      throw error
    throw new Failure(
      'environment',
      'CONTAINER_STOPPED',
      `nothing can be run in container ${container.slice(0, 12)}: it stopped, is paused, or is gone`,
      ['ops stack ps', 'ops doctor'],
      { cause: error },
    )
  }
}

async function exitCodeOf(
  client: DockerClient,
  inspect: () => Promise<{ Running: boolean; ExitCode: number | null }>,
): Promise<number> {
  const deadline = performance.now() + exitCodePatience
  for (;;) {
    const state = await asking(client, inspect).catch((error: unknown) => {
      // The container was removed, the exec with it: what became of the process cannot be known, so it failed.
      if (isEngineAnswer(error) && error.statusCode === 404)
        return { Running: false, ExitCode: 137 }
      throw error
    })
    if (!state.Running && state.ExitCode !== null) return state.ExitCode
    if (performance.now() > deadline) {
      throw new Failure(
        'failed',
        'EXIT_CODE_UNKNOWN',
        'the engine does not say how the process in the container ended',
        ['ops doctor'],
      )
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
