import { createHash } from 'node:crypto'

/** Documents that can be told from any other, in eight bytes each: the beginning of their SHA-256. */
export class SeenDocuments {
  #digests = new BigUint64Array(1024)
  #count = 0
  #sorted = true

  /** Keeps in mind a document as it is now. */
  add(document: Uint8Array): void {
    if (this.#count === this.#digests.length) {
      const larger = new BigUint64Array(this.#count * 2)
      larger.set(this.#digests)
      this.#digests = larger
    }
    this.#digests[this.#count++] = digestOf(document)
    this.#sorted = false
  }

  /** Whether a document was there in these very bytes. */
  has(document: Uint8Array): boolean {
    const all = this.#digests.subarray(0, this.#count)
    if (!this.#sorted) all.sort()
    this.#sorted = true
    const wanted = digestOf(document)
    let [low, high] = [0, this.#count]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((all[middle] ?? 0n) < wanted) low = middle + 1
      else high = middle
    }
    return all[low] === wanted
  }
}

/** The first eight bytes of the SHA-256 of some bytes. */
export function digestOf(bytes: Uint8Array): bigint {
  return createHash('sha256').update(bytes).digest().readBigUInt64LE()
}
