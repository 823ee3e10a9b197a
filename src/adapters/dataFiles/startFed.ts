import type { Writable } from 'node:stream'
import type { DataPlace } from '../../ports/dataVolumes.js'
import type { OwnContainer, OwnContainers } from '../../ports/ownContainers.js'
import { feedPipe, type FeedPipe } from '../pipes/feedPipe.js'
import { firstBytes } from '../pipes/firstBytes.js'
import { dataContainer } from './dataContainer.js'
import type { DataPipes } from './dataPipes.js'
import { fedByPipe } from './scripts.js'
import { throughPipe, type PipeUse } from './throughPipe.js'

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
  { containers, pipes }: { readonly containers: OwnContainers; readonly pipes?: DataPipes },
  signal: AbortSignal,
): Promise<FedScript> {
  const piped =
    pipes && (await throughPipe(place, feeding(argv, onStderr), containers, pipes, signal))
  if (piped) return { ...piped, input: piped.pipe.writer }
  const container = await containers.start(dataContainer(place, argv, 'write'), onStderr, signal)
  const { stdin: input, stdout: output } = container
  return { container, input, output, remove: () => container.remove() }
}

/** The pipe becomes the standard input of a script. */
function feeding(
  argv: readonly string[],
  onStderr: (chunk: Uint8Array) => void,
): PipeUse<FeedPipe> {
  return {
    may: 'write',
    make: feedPipe,
    argv: (path, greeting) => fedByPipe(argv, path, greeting),
    onStderr,
    greet({ writer }, container, greeting) {
      writer.write(`${greeting}\n`)
      const { first, rest: output } = firstBytes(container.stdout, greeting.length)
      return { first, output }
    },
    greeted(pipe, greeting) {
      pipe.readerIsThere()
      // Only now it begins: one that answers too late must not run beside the one that is started instead.
      pipe.writer.write(`${greeting}\n`)
    },
  }
}
