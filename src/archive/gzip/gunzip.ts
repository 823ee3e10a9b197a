import { crc32 } from 'node:zlib'
import { damage } from '../damage.js'
import { gzipFormat } from './format.js'
import { inflate } from './inflate.js'
import { storedBlocks } from './storedBlocks.js'
import { GzipInput } from './input.js'
import { readMemberHeader } from './memberHeader.js'

/**
 * Decompresses a gzip file of one or more members (RFC 1952) and checks all that can be checked: headers, checksums,
 * lengths, and that nothing but members follows. (Node's own gunzip takes anything behind the last member for its end.)
 * Yields parts of up to 1 MiB, only as fast as they are taken; what a member says is proved only after its last part.
 *
 * Throws GZIP_EMPTY, GZIP_CORRUPT, GZIP_TRUNCATED, GZIP_TRAILING_GARBAGE, with the byte of the file.
 */
export function gunzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  return contentOf(source, inflate)
}

/**
 * The same for a file written at level 0, whose blocks hold their content as it is: what it yields is the memory of the source's
 * chunks, nothing is copied. A block that is compressed is GZIP_CORRUPT: it is not what was written.
 */
export function gunzipStored(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer, void, undefined> {
  return contentOf(source, storedBlocks)
}

/** Leaves the input right behind a deflate stream. */
type Content = (input: GzipInput) => AsyncIterable<Buffer>

async function* contentOf(
  source: AsyncIterable<Uint8Array>,
  content: Content,
): AsyncGenerator<Buffer, void, undefined> {
  const input = new GzipInput(source)
  try {
    const first = await readMemberHeader(input, undefined)
    if (!first) throw damage('GZIP_EMPTY', 0, 'the file is empty')
    let header: Buffer | undefined = first
    while (header) {
      yield* readMember(input, content)
      header = await readMemberHeader(input, first)
    }
  } finally {
    await input.close()
  }
}

/** The content and the trailer of a member. */
async function* readMember(
  input: GzipInput,
  content: Content,
): AsyncGenerator<Buffer, void, undefined> {
  let crc = 0
  let length = 0
  for await (const part of content(input)) {
    crc = crc32(part, crc)
    length += part.length
    yield part
  }
  const start = input.offset
  const trailer = await input.take(gzipFormat.trailerBytes)
  if (trailer.length < gzipFormat.trailerBytes) {
    throw damage('GZIP_TRUNCATED', input.offset, 'the file ends inside the checksum of its data')
  }
  if (trailer.readUInt32LE(0) !== crc) {
    throw damage('GZIP_CORRUPT', start, 'the checksum of the compressed data is wrong')
  }
  if (trailer.readUInt32LE(4) !== length % 2 ** 32) {
    throw damage('GZIP_CORRUPT', start + 4, 'the length of the compressed data is wrong')
  }
}
