import { damage } from '../damage.js'
import { bsonType, smallestDocument } from './type.js'
import { int32, nameEnd, valueEnd } from './valueEnd.js'

/**
 * Walks the elements of one raw document without decoding it. After `next()` answered true, `type`, `name`, `start` and
 * `end` (of the value, in `bytes`) describe the element. Throws ARCHIVE_CORRUPT where the document is malformed.
 */
export class Elements {
  type = 0
  start = 0
  end = 0
  #nameStart = 0
  #at: number
  readonly #from: number
  readonly #last: number

  /**
   * @param bytes what holds the document, which starts at `from`
   * @param offset of `bytes` in the archive
   */
  constructor(
    readonly bytes: Buffer,
    readonly offset: number,
    from = 0,
  ) {
    const left = bytes.length - from
    const length = left < smallestDocument ? -1 : int32(bytes, from)
    if (length < smallestDocument || length > left || bytes[from + length - 1] !== 0) {
      throw damage('ARCHIVE_CORRUPT', offset + from, 'a document has a wrong length or no end')
    }
    this.#from = from
    this.#at = from + 4
    this.#last = from + length - 1
  }

  /** Goes on to the next element; false at the end of the document. */
  next(): boolean {
    if (this.#at >= this.#last) return false
    this.type = this.bytes[this.#at] ?? 0
    this.#nameStart = this.#at + 1
    this.start = nameEnd(this.bytes, this.#nameStart, this.#last)
    this.end = this.start < 0 ? -1 : valueEnd(this.bytes, this.type, this.start, this.#last)
    if (this.end < 0) {
      throw damage('ARCHIVE_CORRUPT', this.offset + this.#at, 'a document has a malformed element')
    }
    this.#at = this.end
    return true
  }

  /** Goes on to the element of that name; undefined, and at the end, where there is none left. */
  find(name: string): this | undefined {
    while (this.next()) if (this.name === name) return this
    return undefined
  }

  /** The document that is walked, whole. */
  get document(): Buffer {
    return this.bytes.subarray(this.#from, this.#last + 1)
  }

  get isDocument(): boolean {
    return this.type === bsonType.document
  }

  get name(): string {
    return this.bytes.toString('utf8', this.#nameStart, this.start - 1)
  }

  /** The element whole, type and name included. */
  get raw(): Buffer {
    return this.bytes.subarray(this.#nameStart - 1, this.end)
  }

  /** The value as text; undefined where it is not a string. */
  get text(): string | undefined {
    if (this.type !== bsonType.string) return undefined
    return this.bytes.toString('utf8', this.start + 4, this.end - 1)
  }

  /** Walks the value, which the caller knows to be a document or an array. */
  inside(): Elements {
    return new Elements(this.bytes, this.offset, this.start)
  }
}
