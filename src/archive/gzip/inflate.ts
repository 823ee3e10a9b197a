import { createInflateRaw, type InflateRaw } from 'node:zlib'
import { damage } from '../damage.js'
import type { GzipInput } from './input.js'

/** Bytes of memory for output that one engine fills; what it yields are parts of it, never overwritten. */
const outputPart = 1024 * 1024

/**
 * Inflates one deflate stream from `input` and leaves the input right behind it. Works ahead of the caller by at most
 * one output part. Throws GZIP_CORRUPT, GZIP_TRUNCATED.
 */
export async function* inflate(input: GzipInput): AsyncGenerator<Buffer, void, undefined> {
  const start = input.offset
  // Of what it has made, the engine holds one part back at most.
  const engine = createInflateRaw({ chunkSize: outputPart, readableHighWaterMark: 1 } as object)
  const feeder = new Feeder(input, engine)
  const feeding = feeder.run()
  try {
    for await (const part of engine) yield part as Buffer
  } catch (cause) {
    if (feeder.ranDry) {
      throw damage('GZIP_TRUNCATED', input.offset, 'the file ends inside compressed data')
    }
    throw feeder.sourceError ?? corrupt(cause, start + engine.bytesWritten)
  } finally {
    engine.destroy()
  }
  await feeding
  feeder.putBack()
}

function corrupt(cause: unknown, offset: number): Error {
  if (cause instanceof Error && !isZlibError(cause)) return cause
  return damage('GZIP_CORRUPT', offset, 'the compressed data is damaged', { cause })
}

function isZlibError(error: Error): boolean {
  return 'code' in error && String(error.code).startsWith('Z_')
}

/** Writes the input into the engine, one chunk at a time, until the engine has seen the end of its stream. */
class Feeder {
  ranDry = false
  sourceError: Error | undefined
  #last: Buffer | undefined
  #fed = 0

  constructor(
    readonly input: GzipInput,
    readonly engine: InflateRaw,
  ) {}

  /** Never rejects: what goes wrong ends the engine, and its reader hears of it. */
  async run(): Promise<void> {
    try {
      while (!this.engine.destroyed) {
        const chunk = await this.input.next()
        if (!chunk) {
          this.ranDry = true
          this.engine.destroy(new Error('the input has ended'))
          return
        }
        this.#last = chunk
        this.#fed += chunk.length
        await this.#write(chunk)
        // It takes everything until its stream has ended, and nothing after.
        if (this.engine.bytesWritten < this.#fed) return
      }
    } catch (error) {
      this.sourceError = error instanceof Error ? error : new Error(String(error))
      this.engine.destroy(this.sourceError)
    }
  }

  /** Gives back to the input what the engine left of the last chunk. */
  putBack(): void {
    const tooMany = this.#fed - this.engine.bytesWritten
    if (this.#last && tooMany > 0) {
      this.input.putBack(this.#last.subarray(this.#last.length - tooMany))
    }
  }

  /** Settles when the chunk is used up, or the engine is no more. */
  #write(chunk: Buffer): Promise<void> {
    return new Promise((resolve) => {
      this.engine.write(chunk, () => {
        resolve()
      })
    })
  }
}
