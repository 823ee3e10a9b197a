import { bsonType, smallestDocument } from './type.js'

/** Puts a raw document together, element by element. */
export class DocumentWriter {
  readonly #parts: Buffer[] = []
  #length = smallestDocument

  /** An element whole, type and name included. */
  raw(element: Buffer): this {
    this.#parts.push(element)
    this.#length += element.length
    return this
  }

  /** An element of that type, with its value as BSON has it. */
  value(name: string, type: number, value: Buffer): this {
    return this.#element(type, name, value)
  }

  text(name: string, value: string): this {
    const text = Buffer.from(`${value}\0`)
    const length = Buffer.alloc(4)
    length.writeInt32LE(text.length)
    return this.#element(bsonType.string, name, Buffer.concat([length, text]))
  }

  boolean(name: string, value: boolean): this {
    return this.#element(bsonType.boolean, name, Buffer.from([value ? 1 : 0]))
  }

  /** 64 bits; the caller decides whether they mean a signed number. */
  int64(name: string, bits: bigint): this {
    const value = Buffer.alloc(8)
    value.writeBigUInt64LE(bits)
    return this.#element(bsonType.int64, name, value)
  }

  /** A document; an array is one whose names are 0, 1, 2 … */
  document(name: string, document: Buffer, type: number = bsonType.document): this {
    return this.#element(type, name, document)
  }

  finish(): Buffer {
    const length = Buffer.alloc(4)
    length.writeInt32LE(this.#length)
    return Buffer.concat([length, ...this.#parts, Buffer.alloc(1)], this.#length)
  }

  #element(type: number, name: string, value: Buffer): this {
    return this.raw(Buffer.concat([Buffer.from([type]), Buffer.from(`${name}\0`), value]))
  }
}
