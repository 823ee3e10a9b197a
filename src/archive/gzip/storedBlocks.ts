import { damage } from '../damage.js'
import type { GzipInput } from './input.js'

/** Bytes before the content of a stored block: one that says so, its length, and that inverted (RFC 1951, section 3.2.4). */
const headBytes = 5

/**
 * The content of a deflate stream that was written at level 0: blocks of up to 64 KiB, stored as they are. Leaves the input right
 * behind it. Throws GZIP_CORRUPT, GZIP_TRUNCATED.
 */
export async function* storedBlocks(input: GzipInput): AsyncGenerator<Buffer, void, undefined> {
  for (;;) {
    const start = input.offset
    const head = await input.take(headBytes)
    if (head.length < headBytes) throw truncated(input)
    // The lowest bit marks the last block; the kind "stored" and what fills the byte are zeros.
    const mark = head.readUInt8(0)
    let missing = head.readUInt16LE(1)
    if (mark > 1 || head.readUInt16LE(3) !== (missing ^ 0xffff))
      throw damage('GZIP_CORRUPT', start, 'here is no block that was stored as it is')
    while (missing > 0) {
      const chunk = await input.next()
      if (!chunk) throw truncated(input)
      const part = chunk.subarray(0, missing)
      if (part.length < chunk.length) input.putBack(chunk.subarray(part.length))
      missing -= part.length
      yield part
    }
    if (mark === 1) return
  }
}

function truncated({ offset }: GzipInput) {
  return damage('GZIP_TRUNCATED', offset, 'the file ends inside stored data')
}
