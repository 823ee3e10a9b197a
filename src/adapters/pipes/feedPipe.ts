import { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { heldPipe, type HeldPipe } from './heldPipe.js'

/** A named pipe in a folder of its own, open for writing. */
export interface FeedPipe extends Pick<HeldPipe, 'folder' | 'name'> {
  /**
   * What is written waits, without a thread, for whoever reads; its end is the reader's end of input. Once there was a
   * reader and is none any more, writing fails with EPIPE.
   */
  readonly writer: Writable
  /** To be called when the reader is there: until then the pipe takes what fits in, though nobody reads. */
  readerIsThere(): void
  /** Closes and removes it; may be called again. */
  remove(): Promise<void>
}

/** Bytes that wait to be written: what comes in small parts goes out many at a time. */
const waiting = 1024 * 1024

/** Makes a pipe below `parent` and opens it. Throws what `mkfifo` (POSIX) or the file system says. */
export async function feedPipe(parent: string, pid: number): Promise<FeedPipe> {
  const held = await heldPipe(parent, pid)
  const { folder, name } = held
  try {
    const fd = held.open('writing')
    const options = { fd, readable: false, writable: true, writableHighWaterMark: waiting }
    const writer = new Socket(options)
    // Why a reader left is told by its exit code and its words.
    writer.on('error', () => undefined)
    return {
      folder,
      name,
      writer,
      readerIsThere: () => {
        held.letGo()
      },
      async remove() {
        writer.destroy()
        await held.remove()
      },
    }
  } catch (error) {
    await held.remove()
    throw error
  }
}
