import { join } from 'node:path'
import type { Writable } from 'node:stream'
import type { DataPlace } from '../../ports/dataVolumes.js'
import type { OwnContainer, OwnContainers } from '../../ports/ownContainers.js'
import { feedPipe } from '../pipes/feedPipe.js'
import { firstBytes } from '../pipes/firstBytes.js'
import { greetingFrom } from '../pipes/greeting.js'
import { dataContainer, isUnmountable, pipeMount } from './dataContainer.js'
import type { PipeWorld } from './pipeWorld.js'
import { fedByPipe } from './scripts.js'

/** A script that runs on a data volume and is to be fed. */
export interface FedScript {
  readonly container: OwnContainer
  /** What it reads as its standard input. */
  readonly input: Writable
  readonly output: AsyncIterable<Uint8Array>
  /** Ends and removes it; may be called again. */
  readonly remove: () => Promise<void>
}

/** Starts a script that may write, fed through a pipe where one leads there, else through the engine. */
export async function startFed(
  place: DataPlace,
  argv: readonly string[],
  onStderr: (chunk: Uint8Array) => void,
  { containers, pipes }: { readonly containers: OwnContainers; readonly pipes?: PipeWorld },
  signal: AbortSignal,
): Promise<FedScript> {
  const piped = pipes && (await fedThroughPipe(place, argv, onStderr, containers, pipes, signal))
  if (piped) return piped
  const container = await containers.start(dataContainer(place, argv, 'write'), onStderr, signal)
  const { stdin: input, stdout: output } = container
  return { container, input, output, remove: () => container.remove() }
}

/** Nothing where no pipe leads there: then nothing of it is left, and the script has not begun. */
async function fedThroughPipe(
  place: DataPlace,
  argv: readonly string[],
  onStderr: (chunk: Uint8Array) => void,
  containers: OwnContainers,
  { temporary, patience, host, local }: PipeWorld,
  signal: AbortSignal,
): Promise<FedScript | undefined> {
  if (!(await local())) return undefined
  const pipe = await feedPipe(temporary, host.pid).catch(() => undefined)
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
    const script = fedByPipe(argv, join(pipeMount, pipe.name), greeting)
    const mount = { source: pipe.folder, destination: pipeMount, readOnly: true }
    container = await containers.start(
      dataContainer(place, script, 'write', [mount]),
      onStderr,
      signal,
    )
    const ended = container.ended()
    ended.catch(() => undefined)
    pipe.writer.write(`${greeting}\n`)
    const { first, rest: output } = firstBytes(container.stdout, greeting.length)
    first.catch(() => undefined)
    const way = await greetingFrom({ first, greeting, ended, patience }, signal)
    if (way === 'greeted') {
      pipe.readerIsThere()
      // Only now it begins: one that answers too late must not run beside the one that is started instead.
      pipe.writer.write(`${greeting}\n`)
      return { container, input: pipe.writer, output, remove }
    }
  } catch (error) {
    await remove()
    signal.throwIfAborted()
    if (!isUnmountable(error)) throw error
  }
  await remove()
  return undefined
}
