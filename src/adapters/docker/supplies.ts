import { Readable } from 'node:stream'
import { Failure } from '../../domain/failure.js'
import type { Supplies } from '../../ports/supplies.js'
import { asking, type DockerClient } from './client.js'
import { orNothing } from './gone.js'

/** Images, volumes and networks of the engine behind a client. */
export function dockerSupplies(client: () => Promise<DockerClient>): Supplies {
  return {
    async pullImage(name, signal) {
      signal.throwIfAborted()
      const connected = await client()
      try {
        const lines = await asking(connected, () =>
          connected.docker.pull(name, { abortSignal: signal }),
        )
        await ended(lines, signal)
      } catch (error) {
        signal.throwIfAborted()
        throw notHad(name, error)
      }
    },

    async *saveImage(name, signal) {
      signal.throwIfAborted()
      const connected = await client()
      try {
        const stream = await asking(connected, () => connected.docker.getImage(name).get())
        for await (const chunk of stream) {
          signal.throwIfAborted()
          yield chunk as Buffer
        }
      } catch (error) {
        signal.throwIfAborted()
        throw notHad(name, error)
      }
    },

    async loadImage(archive, signal) {
      signal.throwIfAborted()
      const connected = await client()
      const source = Readable.from(archive, { objectMode: false })
      // What breaks in the source is told by the source, not by the engine whose line then breaks.
      const broke: { with?: Error } = {}
      source.on('error', (error: Error) => {
        broke.with = error
      })
      try {
        const lines = await asking(connected, () => connected.docker.loadImage(source))
        await ended(lines, signal)
      } catch (error) {
        signal.throwIfAborted()
        if (broke.with) throw broke.with
        throw new Failure(
          'failed',
          'IMAGE_NOT_LOADED',
          `the engine does not take the archive of an image: ${wordsOf(error)}`,
          ['docker info', 'df -h'],
          { cause: error },
        )
      } finally {
        source.destroy()
      }
    },

    async volumeMadeAt(name) {
      const connected = await client()
      const found = await orNothing(() =>
        asking(connected, () => connected.docker.getVolume(name).inspect()),
      )
      if (!found) return undefined
      // Left out of the types; every engine since 1.13 tells it.
      return (found as { CreatedAt?: string }).CreatedAt ?? new Date(0).toISOString()
    },

    async makeVolume(Name) {
      const connected = await client()
      await asking(connected, () => connected.docker.createVolume({ Name }))
    },

    async hasNetwork(name) {
      const connected = await client()
      const found = await orNothing(() =>
        asking(connected, () => connected.docker.getNetwork(name).inspect()),
      )
      return found !== undefined
    },

    async makeNetwork(Name) {
      const connected = await client()
      await asking(connected, () => connected.docker.createNetwork({ Name, CheckDuplicate: true }))
    },
  }
}

/** A line of what the engine tells of a long call. */
interface Told {
  readonly error?: string
}

/** Reads what the engine tells to its end: that is the only place where it says that it failed. */
async function ended(lines: NodeJS.ReadableStream, signal: AbortSignal): Promise<void> {
  let rest = ''
  const judge = (line: string) => {
    if (line.trim() === '') return
    const { error } = JSON.parse(line) as Told
    if (error !== undefined) throw new Error(error)
  }
  for await (const chunk of lines) {
    signal.throwIfAborted()
    const parts = (rest + chunk.toString()).split('\n')
    rest = parts.pop() ?? ''
    parts.forEach(judge)
  }
  judge(rest)
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function notHad(name: string, error: unknown): unknown {
  if (error instanceof Failure) return error
  return new Failure(
    'not-found',
    'IMAGE_NOT_HAD',
    `the image ${name} cannot be had: ${wordsOf(error)}`,
    [`docker pull ${name}`, 'docker load --input FILE'],
    { cause: error },
  )
}
