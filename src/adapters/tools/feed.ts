import type { Writable } from 'node:stream'

/** How feeding a tool ended: whoever fed it may have failed. */
export type Fed = { readonly error: unknown } | undefined

/**
 * Writes a source to a tool with backpressure, until it ends or `over` resolves: the tool left, or is told to. The
 * source's own error is handed back. A source that gives nothing any more holds nobody up once it is `over`.
 */
export async function feed(
  input: Writable,
  source: AsyncIterable<Uint8Array>,
  over: Promise<void>,
): Promise<Fed> {
  const room = new Room(input)
  const ended = over.then(() => {
    room.close()
    return undefined
  })
  return Promise.race([pour(input, source, room), ended])
}

async function pour(input: Writable, source: AsyncIterable<Uint8Array>, room: Room): Promise<Fed> {
  try {
    for await (const chunk of source) {
      if (room.closed || !input.writable) break
      if (!input.write(chunk)) await room.waited()
    }
  } catch (error) {
    return { error }
  }
  if (!room.closed) input.end()
  return undefined
}

/** Waits until a stream takes more, with one listener for each event however often it waits. */
class Room {
  closed = false
  #wake: () => void = () => undefined

  constructor(private readonly input: Writable) {
    const wake = () => {
      this.#wake()
    }
    input.on('drain', wake)
    // A stream that broke takes nothing any more; why the tool left is in its exit code and its words.
    input.on('error', wake)
    input.on('close', wake)
  }

  close(): void {
    this.closed = true
    this.#wake()
  }

  waited(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
      if (this.closed || !this.input.writableNeedDrain || this.input.destroyed) resolve()
    })
  }
}
