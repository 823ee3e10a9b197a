import { join } from 'node:path'
import { mostTarLines } from '../../domain/dataFiles.js'
import type { DataFilesRun, DataPlace } from '../../ports/dataVolumes.js'
import type { OwnContainer, OwnContainers } from '../../ports/ownContainers.js'
import { greetingFrom } from '../pipes/greeting.js'
import { namedPipe, type NamedPipe } from '../pipes/namedPipe.js'
import { drained } from '../tools/drained.js'
import { LineTail } from '../tools/lineTail.js'
import { dataContainer, inside, isUnmountable, pipeMount } from './dataContainer.js'
import type { PipeWorld } from './pipeWorld.js'
import { copying, copyingIntoPipe } from './scripts.js'

/** Begins a copy, through a pipe where one leads here, else through the engine. Both carry the same tar. */
export async function startCopy(
  place: DataPlace,
  containers: OwnContainers,
  pipes: PipeWorld | undefined,
  signal: AbortSignal,
): Promise<DataFilesRun> {
  const piped = pipes && (await pipedCopy(place, containers, pipes, signal))
  if (piped) return piped
  const said = tarTail()
  const container = await containers.start(
    dataContainer(place, copying(inside(place)), 'read'),
    (chunk) => {
      said.add(chunk)
    },
    signal,
  )
  return runOf(container, container.stdout, said, signal, () => container.remove())
}

/** Nothing where no pipe leads here: then nothing of it is left, and no byte has flowed. */
async function pipedCopy(
  place: DataPlace,
  containers: OwnContainers,
  { temporary, patience, host, local }: PipeWorld,
  signal: AbortSignal,
): Promise<DataFilesRun | undefined> {
  if (!(await local())) return undefined
  const pipe = await namedPipe(temporary, host.pid, 'any user').catch(() => undefined)
  if (!pipe) return undefined
  const said = tarTail()
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
    const argv = copyingIntoPipe(inside(place), join(pipeMount, pipe.name), greeting)
    const mount = { source: pipe.folder, destination: pipeMount, readOnly: true }
    container = await containers.start(
      dataContainer(place, argv, 'read', [mount]),
      (chunk) => {
        said.add(chunk)
      },
      signal,
    )
    drained(container.stdout).catch(() => undefined)
    const ended = container.ended()
    ended.catch(() => undefined)
    const first = pipe.reader.first(greeting.length)
    first.catch(() => undefined)
    const way = await greetingFrom({ first, greeting, ended, patience }, signal)
    if (way === 'greeted') {
      pipe.expectNoMore()
      return runOf(container, pipedBytes(pipe, signal), said, signal, remove)
    }
  } catch (error) {
    await remove()
    signal.throwIfAborted()
    if (!isUnmountable(error)) throw error
  }
  await remove()
  return undefined
}

async function* pipedBytes({ reader }: NamedPipe, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  yield* reader.blocks()
  // A container that was removed ends the pipe as one that is done does.
  signal.throwIfAborted()
}

function runOf(
  container: OwnContainer,
  raw: AsyncIterable<Uint8Array>,
  said: LineTail,
  signal: AbortSignal,
  remove: () => Promise<void>,
): DataFilesRun {
  const aborted = () => void remove().catch(() => undefined)
  signal.addEventListener('abort', aborted, { once: true })
  return {
    raw,
    async outcome() {
      const { exitCode } = await container.ended()
      return { exitCode, lines: said.lines() }
    },
    async stop() {
      signal.removeEventListener('abort', aborted)
      await remove()
    },
  }
}

function tarTail(): LineTail {
  return new LineTail((line) => line, undefined, mostTarLines)
}
