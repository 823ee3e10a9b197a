import type { Readable } from 'node:stream'
import { asBuffer } from '../../archive/asBuffer.js'
import { frames, type Frame } from '../../archive/frames.js'
import type { FactsOf } from '../../domain/declared/facts.js'
import type { ProbeOf } from '../../domain/declared/probe.js'
import { Failure } from '../../domain/failure.js'
import { asking, isEngineAnswer, type DockerClient } from '../docker/client.js'
import { BoundedLines } from './boundedLines.js'
import { containersOf, type StackContainers } from './containersOf.js'
import { countMatches } from './countMatches.js'

/** What reading a log takes. */
export interface LogWorld extends StackContainers {
  client(): Promise<DockerClient>
  /** Wall-clock time. */
  now(): Date
}

/**
 * What the containers of a service wrote in the last so many seconds, as they wrote it: asked of the engine, so that nothing of
 * compose's own is among it and no time stands before a line. Throws `LOG_UNREADABLE` (environment).
 */
export async function readLog(
  { service, seconds, pattern }: ProbeOf['log'],
  world: LogWorld,
  signal: AbortSignal,
): Promise<FactsOf['log']> {
  const containers = await containersOf(service, world)
  const client = await world.client()
  const now = world.now().getTime() / 1000
  const since = Math.floor(now) - seconds
  let oldest = Infinity
  let lines = 0
  let matching = 0
  for (const { id, name } of containers) {
    const seen = new BoundedLines()
    const { createdAt, batches } = await logOf(client, { id, name, since }, seen, signal)
    oldest = Math.min(oldest, createdAt)
    try {
      if (pattern === undefined) await readThrough(batches)
      else matching += await countMatches(pattern, batches, signal)
    } catch (error) {
      signal.throwIfAborted()
      throw error
    }
    lines += seen.count
  }
  const covered = Math.max(0, Math.round(now - oldest))
  return { lines, matching, ...(covered < seconds ? { coveredSeconds: covered } : {}) }
}

/** Whoever counts lines only still has to read them. */
async function readThrough(batches: AsyncIterable<readonly string[]>): Promise<void> {
  const iterator = batches[Symbol.asyncIterator]()
  while ((await iterator.next()).done !== true);
}

interface Output {
  readonly stream: Readable
  readonly isTerminal: boolean
}

interface Wanted {
  readonly id: string
  readonly name: string
  /** Seconds since 1970. */
  readonly since: number
}

/** The log of one container, and when that was made (seconds since 1970): it began then. */
async function logOf(
  client: DockerClient,
  wanted: Wanted,
  seen: BoundedLines,
  signal: AbortSignal,
): Promise<{
  readonly createdAt: number
  readonly batches: AsyncGenerator<readonly string[]>
}> {
  const { createdAt, ...output } = await opened(client, wanted, signal)
  return { createdAt, batches: batchesOf(output, seen, signal) }
}

async function* batchesOf(
  { stream, isTerminal }: Output,
  seen: BoundedLines,
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  const stop = () => stream.destroy()
  signal.addEventListener('abort', stop, { once: true })
  // Each stream has lines of its own: what one begins the other does not end.
  const errors = new BoundedLines()
  try {
    const source = stream as AsyncIterable<Uint8Array>
    for await (const { isStderr, payload } of isTerminal ? oneOutput(source) : frames(source)) {
      const own = isStderr ? errors : seen
      own.add(payload)
      if (own.isFull) yield own.take()
    }
    yield seen.take(true)
    yield errors.take(true)
    seen.count += errors.count
  } finally {
    signal.removeEventListener('abort', stop)
    stream.destroy()
  }
}

/** A terminal has one output. */
async function* oneOutput(source: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  for await (const bytes of source) yield { isStderr: false, payload: asBuffer(bytes) }
}

/** The engine's own stream; the client's method would collect all of it before it answers. */
async function opened(
  client: DockerClient,
  { id, name, since }: Wanted,
  signal: AbortSignal,
): Promise<Output & { readonly createdAt: number }> {
  const { docker } = client
  try {
    const inspected = await asking(client, () => docker.getContainer(id).inspect())
    signal.throwIfAborted()
    const request = {
      path: `/containers/${id}/logs?`,
      method: 'GET',
      isStream: true,
      abortSignal: signal,
      statusCodes: { 200: true },
      options: { follow: false, stdout: true, stderr: true, since },
    }
    const stream = await asking(
      client,
      () =>
        new Promise<Readable>((resolve, reject) => {
          docker.modem.dial(request, (error: unknown, answer: unknown) => {
            if (error instanceof Error) reject(error)
            else resolve(answer as Readable)
          })
        }),
    )
    const createdAt = Date.parse(inspected.Created) / 1000
    return { stream, isTerminal: inspected.Config.Tty, createdAt }
  } catch (error) {
    signal.throwIfAborted()
    if (!isEngineAnswer(error)) throw error
    throw new Failure(
      'environment',
      'LOG_UNREADABLE',
      `the engine does not give the log of ${name}: ${error.message}`,
      ['ops stack ps', `docker logs --tail 5 ${name}`],
      { cause: error },
    )
  }
}
