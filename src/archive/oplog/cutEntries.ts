import { asBuffer } from '../asBuffer.js'
import { largestEntry, smallestDocument } from '../bson/type.js'
import { damage } from '../damage.js'
import { StraddlingDocument } from '../straddlingDocument.js'

/**
 * Cuts a stream of BSON documents back to back into documents. Holds one at a time; a document is valid until the next is
 * asked for. Throws ARCHIVE_CORRUPT for a length that no entry of an oplog has, ARCHIVE_TRUNCATED for an end inside one.
 */
export async function* cutEntries(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const length = Buffer.alloc(4)
  let lengthFilled = 0
  let open: StraddlingDocument | undefined
  let passed = 0
  for await (const bytes of source) {
    const chunk = asBuffer(bytes)
    let at = 0
    while (at < chunk.length) {
      if (!open) {
        const taken = chunk.copy(length, lengthFilled, at, at + 4 - lengthFilled)
        lengthFilled += taken
        at += taken
        if (lengthFilled < 4) break
        lengthFilled = 0
        open = new StraddlingDocument(checked(length, passed + at - 4), passed + at - 4, length)
      }
      at = open.take(chunk, at)
      if (!open.complete) break
      yield open.bytes
      open = undefined
    }
    passed += chunk.length
  }
  if (open ?? lengthFilled > 0)
    throw damage('ARCHIVE_TRUNCATED', passed, 'a slice of the oplog ends inside an entry')
}

function checked(bytes: Buffer, offset: number): number {
  const length = bytes.readInt32LE(0)
  if (length >= smallestDocument && length <= largestEntry) return length
  throw damage('ARCHIVE_CORRUPT', offset, 'an entry of the oplog has an impossible length')
}
