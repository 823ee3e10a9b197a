import { nameEnd, valueEnd } from './valueEnd.js'
import { bsonType, smallestDocument } from './type.js'

/** How deep mongod lets documents nest (`BSONDepth::kDefaultMaxAllowableDepth`). */
const deepest = 200

const scopedCode = 0x0f

/**
 * Walks every element of the document that fills `bytes` from `start` to `end`: types, names, lengths, closing bytes,
 * depth. Answers where it is malformed, or -1 where it is sound. What text says is not judged: servers store text that
 * is not UTF-8.
 */
export function malformedAt(bytes: Buffer, start: number, end: number, depth = 1): number {
  if (depth > deepest || end - start < smallestDocument || bytes[end - 1] !== 0) return start
  const last = end - 1
  let at = start + 4
  while (at < last) {
    const type = bytes[at] ?? 0
    const value = nameEnd(bytes, at + 1, last)
    const next = value < 0 ? -1 : valueEnd(bytes, type, value, last)
    if (next < 0) return at
    if (type === bsonType.document || type === bsonType.array) {
      const inner = malformedAt(bytes, value, next, depth + 1)
      if (inner >= 0) return inner
    } else if (type === scopedCode) {
      const scope = value + 8 + bytes.readInt32LE(value + 4)
      const inner = malformedAt(bytes, scope, next, depth + 1)
      if (inner >= 0) return inner
    }
    at = next
  }
  return -1
}
