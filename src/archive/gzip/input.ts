import { asBuffer } from '../asBuffer.js'

/** A stream of bytes that can be read in wanted amounts, and into which bytes too many can be put back. */
export class GzipInput {
  readonly #iterator: AsyncIterator<Uint8Array>
  #rest: Buffer | undefined
  #offset = 0

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#iterator = source[Symbol.asyncIterator]()
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset
  }

  /** The next bytes, as many as come at once; undefined at the end. */
  async next(): Promise<Buffer | undefined> {
    let chunk = this.#rest
    this.#rest = undefined
    while (!chunk || chunk.length === 0) {
      const result = await this.#iterator.next()
      if (result.done) return undefined
      chunk = asBuffer(result.value)
    }
    this.#offset += chunk.length
    return chunk
  }

  /** Puts back what `next` gave too many. */
  putBack(bytes: Buffer): void {
    this.#offset -= bytes.length
    this.#rest = bytes
  }

  /** The next `count` bytes; fewer at the end. */
  async take(count: number): Promise<Buffer> {
    const parts: Buffer[] = []
    let missing = count
    while (missing > 0) {
      const chunk = await this.next()
      if (!chunk) break
      parts.push(chunk.subarray(0, missing))
      if (chunk.length > missing) this.putBack(chunk.subarray(missing))
      missing -= Math.min(missing, chunk.length)
    }
    const [only = Buffer.alloc(0)] = parts
    return parts.length === 1 ? only : Buffer.concat(parts)
  }

  /** Lets the source know that nothing more will be read. */
  async close(): Promise<void> {
    await this.#iterator.return?.()
  }
}
