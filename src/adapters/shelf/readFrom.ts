import { createReadStream } from 'node:fs'
import { readFailure } from './readFailure.js'

/** Bytes read at once: large enough that the disk, not the calls, sets the pace. */
const readAtOnce = 1024 * 1024

/** The bytes of a file, from the start. Throws what `readFailure` makes of the system's complaints. */
export async function* readFrom(path: string): AsyncGenerator<Uint8Array> {
  let at = 0
  try {
    const chunks = createReadStream(path, { highWaterMark: readAtOnce }) as AsyncIterable<Buffer>
    for await (const chunk of chunks) {
      at += chunk.length
      yield chunk
    }
  } catch (error) {
    throw readFailure(path, at, error)
  }
}
