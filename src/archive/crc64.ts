/* eslint-disable @typescript-eslint/no-non-null-assertion -- every index below is masked to a table's length or
   bounded by its loop, and a check per byte would cost a third of the speed */

import { fold, worthFolding, type Fold } from './crc64/fold.js'

/**
 * Tables for eight bytes at a time (slicing-by-8), as pairs of 32-bit words since JavaScript has no fast 64-bit
 * integers. Polynomial 0xC96C5795D7870F42: ECMA-182 reflected, as in the xz file format and in Go's `crc64.ECMA`.
 */
const [high, low] = tables(0xc96c5795, 0xd7870f42)
const [h0, h1, h2, h3, h4, h5, h6, h7] = high
const [l0, l1, l2, l3, l4, l5, l6, l7] = low

/**
 * CRC-64/XZ of a stream: the checksum that mongodump keeps per namespace. check("123456789") = 995dc9bbdf1939fa.
 * It reads words in the machine's order: on a big-endian one sound data would be called damaged, never the reverse.
 *
 * Long ranges are shortened first (`fold`), seven times as fast; the tables do what is short, and everything where that
 * cannot be done.
 */
export class Crc64 {
  #high = -1
  #low = -1

  constructor(private readonly shorten: Fold = fold) {}

  /** Takes in `bytes` from `start` up to and without `end`. */
  update(bytes: Uint8Array, start = 0, end = bytes.length): void {
    if (end - start >= worthFolding) {
      const short = this.shorten(bytes, start, end, { low: this.#low, high: this.#high })
      if (short) {
        this.#low = 0
        this.#high = 0
        this.#tabled(short, 0, short.length)
        return
      }
    }
    this.#tabled(bytes, start, end)
  }

  /** The checksum of everything taken in so far, unsigned. */
  get value(): bigint {
    return (BigInt(~this.#high >>> 0) << 32n) | BigInt(~this.#low >>> 0)
  }

  #tabled(bytes: Uint8Array, start: number, end: number): void {
    const misaligned = (bytes.byteOffset + start) & 3
    const first = misaligned === 0 ? start : Math.min(end, start + 4 - misaligned)
    const words = ((end - first) >>> 3) << 1
    this.#singly(bytes, start, first)
    if (words > 0) this.#eightfold(new Int32Array(bytes.buffer, bytes.byteOffset + first, words))
    this.#singly(bytes, first + words * 4, end)
  }

  #eightfold(words: Int32Array): void {
    let h = this.#high
    let l = this.#low
    for (let i = 0; i < words.length; i += 2) {
      const x = l ^ words[i]!
      const y = h ^ words[i + 1]!
      const a = x & 255
      const b = (x >>> 8) & 255
      const c = (x >>> 16) & 255
      const d = x >>> 24
      const e = y & 255
      const f = (y >>> 8) & 255
      const g = (y >>> 16) & 255
      const k = y >>> 24
      l = l7[a]! ^ l6[b]! ^ l5[c]! ^ l4[d]! ^ l3[e]! ^ l2[f]! ^ l1[g]! ^ l0[k]!
      h = h7[a]! ^ h6[b]! ^ h5[c]! ^ h4[d]! ^ h3[e]! ^ h2[f]! ^ h1[g]! ^ h0[k]!
    }
    this.#high = h
    this.#low = l
  }

  #singly(bytes: Uint8Array, start: number, end: number): void {
    let h = this.#high
    let l = this.#low
    for (let i = start; i < end; i++) {
      const index = (l ^ bytes[i]!) & 255
      l = ((l >>> 8) | (h << 24)) ^ l0[index]!
      h = (h >>> 8) ^ h0[index]!
    }
    this.#high = h
    this.#low = l
  }
}

type Slice = Int32Array
type Slices = [Slice, Slice, Slice, Slice, Slice, Slice, Slice, Slice]

/** High and low words of the CRC of each byte value, followed by 0 to 7 zero bytes. */
function tables(polynomialHigh: number, polynomialLow: number): [Slices, Slices] {
  const highs = Array.from({ length: 8 }, () => new Int32Array(256)) as Slices
  const lows = Array.from({ length: 8 }, () => new Int32Array(256)) as Slices
  for (let value = 0; value < 256; value++) {
    let h = 0
    let l = value
    for (let bit = 0; bit < 8; bit++) {
      const odd = (l & 1) === 1
      l = (l >>> 1) | (h << 31)
      h >>>= 1
      if (odd) {
        l ^= polynomialLow
        h ^= polynomialHigh
      }
    }
    highs[0][value] = h
    lows[0][value] = l
  }
  for (let slice = 1; slice < 8; slice++) {
    for (let value = 0; value < 256; value++) {
      const h = highs[slice - 1]![value]!
      const l = lows[slice - 1]![value]!
      lows[slice]![value] = ((l >>> 8) | (h << 24)) ^ lows[0][l & 255]!
      highs[slice]![value] = (h >>> 8) ^ highs[0][l & 255]!
    }
  }
  return [highs, lows]
}
