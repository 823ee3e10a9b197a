import { mostTarLines } from '../../domain/dataFiles.js'
import type { DataFilesRun, DataPlace } from '../../ports/dataVolumes.js'
import type { OwnContainer, OwnContainers } from '../../ports/ownContainers.js'
import { namedPipe, type NamedPipe } from '../pipes/namedPipe.js'
import { drained } from '../tools/drained.js'
import { LineTail } from '../tools/lineTail.js'
import { dataContainer, inside } from './dataContainer.js'
import type { DataPipes } from './dataPipes.js'
import { copying, copyingIntoPipe } from './scripts.js'
import { throughPipe, type PipeUse } from './throughPipe.js'

/** Begins a copy, through a pipe where one leads here, else through the engine. Both carry the same tar. */
export async function startCopy(
  place: DataPlace,
  containers: OwnContainers,
  pipes: DataPipes | undefined,
  signal: AbortSignal,
): Promise<DataFilesRun> {
  const heard = tarTail()
  const piped =
    pipes && (await throughPipe(place, copyingOut(place, heard, signal), containers, pipes, signal))
  if (piped) return runOf(piped.container, piped.output, heard, signal, () => piped.remove())
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

/** The tar of a data folder goes into the pipe. */
function copyingOut(place: DataPlace, said: LineTail, signal: AbortSignal): PipeUse<NamedPipe> {
  return {
    may: 'read',
    make: (parent, pid) => namedPipe(parent, pid, 'any user'),
    argv: (path, greeting) => copyingIntoPipe(inside(place), path, greeting),
    onStderr: (chunk) => {
      said.add(chunk)
    },
    greet(pipe, container, greeting) {
      drained(container.stdout).catch(() => undefined)
      return { first: pipe.reader.first(greeting.length), output: pipedBytes(pipe, signal) }
    },
    greeted(pipe) {
      pipe.expectNoMore()
    },
  }
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
