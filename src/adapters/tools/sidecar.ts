import { join } from 'node:path'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { ContainerFacts } from '../../ports/engine.js'
import type { Host } from '../../ports/host.js'
import type { OwnContainer, OwnContainers, OwnEnding } from '../../ports/ownContainers.js'
import { namedPipe, type NamedPipe } from '../pipes/namedPipe.js'
import { drained } from './drained.js'
import { noPipe } from './sidecarWrapper.js'
import { wrapped } from './wrapper.js'

/** What starting sidecars takes. */
export interface SidecarWorld {
  readonly ownContainers: OwnContainers
  readonly host: Host
  /** Folder of this machine in which pipes are made. */
  readonly temporary: string
  /** Bytes that a sidecar may use. */
  readonly memoryBytes: number
  /** Milliseconds from the start of a container to its first byte in the pipe. */
  readonly patience: number
}

/** Where the folder of the pipe is inside. Nothing can be made there: to write into a pipe needs no right to its folder. */
const inside = '/ops-pipe'

/** A sidecar whose pipe is proved to lead here: what follows the greeting is the tool's. */
export interface Sidecar {
  readonly container: OwnContainer
  readonly pipe: NamedPipe
  /** Once its process has left. */
  readonly ended: Promise<OwnEnding>
  /** Ends and removes container and pipe; may be called again. */
  remove(): Promise<void>
}

/**
 * Starts a container from the database's own image, on its network, that may do nothing but talk to the server and write
 * into a pipe. `input` goes to its standard input, which stays open. Throws `ENGINE_IMPOSSIBLE`, `TOOL_MISSING`,
 * `OWN_CONTAINER_FAILED` (environment), each before a byte of data has flowed; nothing is left then.
 */
export async function startSidecar(
  target: Target,
  database: ContainerFacts,
  run: {
    readonly wrapper: string
    readonly toolArguments: readonly string[]
    readonly input: string
    readonly onStderr: (chunk: Uint8Array) => void
  },
  world: SidecarWorld,
  signal: AbortSignal,
): Promise<Sidecar> {
  const { host, ownContainers, memoryBytes } = world
  const pipe = await namedPipe(world.temporary, host.pid).catch((error: unknown) => {
    throw unpiped(target, 'no named pipe can be made on this machine', error)
  })
  const greeting = `ops-${host.token()}`
  let container: OwnContainer | undefined
  const remove = async () => {
    // What the engine does not remove now is swept up by the next run.
    await container?.remove().catch(() => undefined)
    await pipe.remove()
  }
  try {
    container = await ownContainers.start(
      {
        purpose: 'sidecar',
        target: target.name,
        image: database.imageId,
        argv: wrapped(run.wrapper, [join(inside, pipe.name), greeting, ...run.toolArguments]),
        environment: { GOMEMLIMIT: Math.floor(memoryBytes * 0.9).toString(), HOME: '/' },
        ...ourUser(),
        network: { kind: 'container', id: database.id },
        mounts: [{ source: pipe.folder, destination: inside, readOnly: true }],
        readOnlyRoot: true,
        memoryBytes,
      },
      run.onStderr,
      signal,
    )
    drained(container.stdout).catch(() => undefined)
    container.stdin.write(run.input)
    const ended = container.ended()
    ended.catch(() => undefined)
    await requireGreeting(target, { pipe, greeting, ended, patience: world.patience }, signal)
    pipe.expectNoMore()
    return { container, pipe, ended, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

/** The pipe's folder is ours alone, so the container is us; a container's own root has no way into it either. */
function ourUser(): { readonly user?: string } {
  const { getuid, getgid } = process
  return getuid && getgid ? { user: `${getuid().toString()}:${getgid().toString()}` } : {}
}

interface Awaited extends Pick<Sidecar, 'pipe' | 'ended'> {
  readonly greeting: string
  readonly patience: number
}

async function requireGreeting(
  target: Target,
  { pipe, greeting, ended, patience }: Awaited,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController()
  const late = new Promise<'late'>((resolve) => {
    const timer = setTimeout(() => {
      resolve('late')
    }, patience)
    over.signal.addEventListener('abort', () => {
      clearTimeout(timer)
    })
  })
  const given = new Promise<'given up'>((resolve) => {
    const tell = () => {
      resolve('given up')
    }
    signal.addEventListener('abort', tell, { signal: over.signal })
    if (signal.aborted) tell()
  })
  try {
    const first = pipe.reader.first(greeting.length)
    const way = await Promise.race([first, ended, late, given])
    signal.throwIfAborted()
    if (way === 'late')
      throw unpiped(target, 'what its container writes into a named pipe does not arrive here')
    if (Buffer.isBuffer(way) && way.toString() === greeting) return
    const ending = await ended
    // It may have greeted, and left at once.
    if (ending.exitCode === 0 && (await first).toString() === greeting) return
    throw unstarted(target, ending)
  } finally {
    over.abort()
  }
}

function unstarted(target: Target, { exitCode, outOfMemory }: OwnEnding): Failure {
  if (exitCode === noPipe)
    return unpiped(target, 'its container does not see the named pipes of this machine')
  if (exitCode === 127)
    return new Failure(
      'environment',
      'TOOL_MISSING',
      `the image of "${target.name}" has no mongodump`,
      ['ops doctor', 'ops backup --engine host'],
    )
  const why = outOfMemory ? 'it ran out of memory' : `exit code ${exitCode.toString()}`
  return unpiped(target, `its container left before it began (${why})`)
}

function unpiped(target: Target, why: string, cause?: unknown): Failure {
  return new Failure(
    'environment',
    'ENGINE_IMPOSSIBLE',
    `engine sidecar cannot serve "${target.name}": ${why}`,
    ['ops backup --engine exec', 'ops doctor'],
    cause === undefined ? {} : { cause },
  )
}
