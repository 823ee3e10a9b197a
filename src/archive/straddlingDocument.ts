/** What a claimed length may reserve before any byte has backed it. */
const firstReserve = 64 * 1024

/**
 * One document that lies across chunks, put together as they come. Memory follows what has arrived, at most twice that:
 * a forged length reserves nothing.
 */
export class StraddlingDocument {
  #bytes: Buffer
  #filled = 4

  constructor(
    readonly length: number,
    /** Where the document starts in the archive. */
    readonly offset: number,
    lengthBytes: Buffer,
  ) {
    this.#bytes = Buffer.allocUnsafe(Math.min(length, firstReserve))
    lengthBytes.copy(this.#bytes)
  }

  get complete(): boolean {
    return this.#filled === this.length
  }

  /** The document, once complete. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.length)
  }

  /** Takes what is its own from `chunk`, from `from` on; answers where it stopped. */
  take(chunk: Buffer, from: number): number {
    const taken = Math.min(this.length - this.#filled, chunk.length - from)
    this.#reserve(this.#filled + taken)
    chunk.copy(this.#bytes, this.#filled, from, from + taken)
    this.#filled += taken
    return from + taken
  }

  #reserve(size: number): void {
    if (size <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.min(this.length, Math.max(size, 2 * this.#bytes.length)))
    this.#bytes.copy(larger, 0, 0, this.#filled)
    this.#bytes = larger
  }
}
