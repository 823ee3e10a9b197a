import { smallestDocument } from './type.js'

/**
 * Where the value of type `type` that starts at `at` ends, or -1 where it is malformed, of an unknown type, or would
 * reach beyond `limit`. Looks at lengths and closing bytes only; what is inside a document is not looked at.
 */
export function valueEnd(bytes: Buffer, type: number, at: number, limit: number): number {
  const end = unboundedEnd(bytes, type, at, limit)
  return end <= limit ? end : -1
}

function unboundedEnd(bytes: Buffer, type: number, at: number, limit: number): number {
  switch (type) {
    case 0x01: // double
    case 0x09: // date
    case 0x11: // timestamp
    case 0x12: // 64-bit integer
      return at + 8
    case 0x02: // string
    case 0x0d: // code
    case 0x0e: // symbol
      return stringEnd(bytes, at, limit)
    case 0x03: // document
    case 0x04: // array
      return documentEnd(bytes, at, limit)
    case 0x05:
      return binaryEnd(bytes, at, limit)
    case 0x06: // undefined
    case 0x0a: // null
    case 0xff: // smallest key
    case 0x7f: // largest key
      return at
    case 0x07: // object id
      return at + 12
    case 0x08: // boolean
      return at < limit && (bytes[at] ?? 2) <= 1 ? at + 1 : -1
    case 0x0b: // regular expression: pattern and options
      return nameEnd(bytes, nameEnd(bytes, at, limit), limit)
    case 0x0c: // pointer into a collection: name and object id
      return plus(stringEnd(bytes, at, limit), 12)
    case 0x0f:
      return scopedCodeEnd(bytes, at, limit)
    case 0x10: // 32-bit integer
      return at + 4
    case 0x13: // decimal
      return at + 16
    default:
      return -1
  }
}

/** The byte after the zero that ends a name starting at `at`, or -1 where there is none before `limit`. */
export function nameEnd(bytes: Buffer, at: number, limit: number): number {
  if (at < 0) return -1
  // A loop, since names are short: indexOf costs more to call than they take to walk.
  for (let i = at; i < limit; i++) if (bytes[i] === 0) return i + 1
  return -1
}

/** A 32-bit integer, little-endian. The caller knows that its four bytes are there. */
export function int32(bytes: Buffer, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  )
}

function stringEnd(bytes: Buffer, at: number, limit: number): number {
  if (at + 5 > limit) return -1
  const length = int32(bytes, at)
  const end = at + 4 + length
  return length >= 1 && end <= limit && bytes[end - 1] === 0 ? end : -1
}

function documentEnd(bytes: Buffer, at: number, limit: number): number {
  if (at + smallestDocument > limit) return -1
  const length = int32(bytes, at)
  const end = at + length
  return length >= smallestDocument && end <= limit && bytes[end - 1] === 0 ? end : -1
}

function binaryEnd(bytes: Buffer, at: number, limit: number): number {
  if (at + 5 > limit) return -1
  const length = int32(bytes, at)
  if (length < 0 || at + 5 + length > limit) return -1
  // The old binary subtype states its length once more.
  const oldAndWrong = bytes[at + 4] === 2 && (length < 4 || int32(bytes, at + 5) !== length - 4)
  return oldAndWrong ? -1 : at + 5 + length
}

/** Code with a scope: the length of all, the code, the scope. */
function scopedCodeEnd(bytes: Buffer, at: number, limit: number): number {
  if (at + 14 > limit) return -1
  const end = at + int32(bytes, at)
  if (end > limit) return -1
  const scope = stringEnd(bytes, at + 4, end)
  return scope > 0 && documentEnd(bytes, scope, end) === end ? end : -1
}

function plus(end: number, bytes: number): number {
  return end < 0 ? -1 : end + bytes
}
