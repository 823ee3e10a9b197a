import { join } from 'node:path'
import type { DataPlace } from '../../ports/dataVolumes.js'
import type { OwnContainer, OwnContainers } from '../../ports/ownContainers.js'
import { greetingFrom } from '../pipes/greeting.js'
import type { HeldPipe } from '../pipes/heldPipe.js'
import { dataContainer, isUnmountable, pipeMount } from './dataContainer.js'
import type { DataPipes } from './dataPipes.js'

/** A pipe, whichever way it leads. */
type Pipe = Pick<HeldPipe, 'folder' | 'name' | 'remove'>

/** What a container on a data volume does with a pipe, and how that is proved. */
export interface PipeUse<Way extends Pipe> {
  readonly may: 'read' | 'write'
  /** Makes a pipe below a folder. */
  readonly make: (parent: string, pid: number) => Promise<Way>
  /** What runs in the container; `path` is that of the pipe there. */
  readonly argv: (path: string, greeting: string) => readonly string[]
  readonly onStderr: (chunk: Uint8Array) => void
  /** Asks a container that has just been started for the greeting: its first bytes, as many as that has, and what follows. */
  readonly greet: (
    pipe: Way,
    container: OwnContainer,
    greeting: string,
  ) => { readonly first: Promise<Buffer>; readonly output: AsyncIterable<Uint8Array> }
  /** The greeting came back: the pipe leads where it should. */
  readonly greeted: (pipe: Way, greeting: string) => void
}

/** A container whose pipe is proved to lead where it should. */
export interface Piped<Way extends Pipe> {
  readonly container: OwnContainer
  readonly pipe: Way
  /** What follows the greeting. */
  readonly output: AsyncIterable<Uint8Array>
  /** Ends and removes both; may be called again. */
  remove(): Promise<void>
}

/**
 * Starts a container on a data volume that uses a pipe. Nothing where no pipe leads there: then nothing of it is left, and no
 * byte has flowed. Throws what starting a container throws, the signal's reason.
 */
export async function throughPipe<Way extends Pipe>(
  place: DataPlace,
  { may, make, argv, onStderr, greet, greeted }: PipeUse<Way>,
  containers: OwnContainers,
  { temporary, patience, host, local }: DataPipes,
  signal: AbortSignal,
): Promise<Piped<Way> | undefined> {
  if (!(await local())) return undefined
  const pipe = await make(temporary, host.pid).catch(() => undefined)
  if (!pipe) return undefined
  const greeting = `ops-${host.token()}`
  let container: OwnContainer | undefined
  const remove = async () => {
    // The pipe first: whoever waits at it is let go of, however long the engine takes.
    try {
      await pipe.remove()
    } finally {
      await container?.remove()
    }
  }
  try {
    const mount = { source: pipe.folder, destination: pipeMount, readOnly: true }
    const script = argv(join(pipeMount, pipe.name), greeting)
    container = await containers.start(dataContainer(place, script, may, [mount]), onStderr, signal)
    const ended = container.ended()
    ended.catch(() => undefined)
    const { first, output } = greet(pipe, container, greeting)
    first.catch(() => undefined)
    const way = await greetingFrom({ first, greeting, ended, patience }, signal)
    if (way === 'greeted') {
      greeted(pipe, greeting)
      return { container, pipe, output, remove }
    }
  } catch (error) {
    await remove()
    signal.throwIfAborted()
    if (!isUnmountable(error)) throw error
  }
  await remove()
  return undefined
}
