import { crc32 } from 'node:zlib'
import type { Failure } from '../../domain/failure.js'
import { damage } from '../damage.js'
import { gzipFormat } from './format.js'
import type { GzipInput } from './input.js'

/** Flags of RFC 1952. That the content is text (0x01) never holds here: the bit set means a damaged bit. */
const flag = { checksum: 0x02, extra: 0x04, name: 0x08, comment: 0x10, never: 0xe1 } as const

/** A name or comment longer than this is no name. */
const longestText = 64 * 1024

/**
 * Reads the header of the next member; undefined where the input has ended. Nothing but the reader's eye protects a
 * header. Members of ours are all alike, so each must equal `first`, the header of the first member, if that is one of
 * ours. Others may have been joined from several writers: their time, effort and system change nothing of the content,
 * and a wrong flag makes the data behind it unreadable. Throws GZIP_CORRUPT, GZIP_TRUNCATED, GZIP_TRAILING_GARBAGE.
 */
export async function readMemberHeader(
  input: GzipInput,
  first: Buffer | undefined,
): Promise<Buffer | undefined> {
  const start = input.offset
  const header = await input.take(gzipFormat.headerBytes)
  if (header.length === 0) return undefined
  check(header, first, start)
  const optional = new OptionalFields(input, header, start)
  await optional.skip()
  return header
}

function check(header: Buffer, first: Buffer | undefined, start: number): void {
  const id = header.subarray(0, gzipFormat.id.length)
  if (!gzipFormat.id.subarray(0, id.length).equals(id)) {
    if (!first) throw damage('GZIP_CORRUPT', start, 'this is not a gzip file')
    throw damage('GZIP_TRAILING_GARBAGE', start, 'something else follows the end of the gzip data')
  }
  if (header.length < gzipFormat.headerBytes) throw truncated(start + header.length)
  if (header[2] !== gzipFormat.deflate) {
    throw damage('GZIP_CORRUPT', start + 2, 'a gzip header names an unknown method')
  }
  if (((header[3] ?? 0) & flag.never) !== 0) {
    throw damage('GZIP_CORRUPT', start + 3, 'a gzip header has flags that no writer sets')
  }
  if (first && isOurs(first) && !header.equals(first)) {
    throw damage(
      'GZIP_CORRUPT',
      start,
      'the header of a gzip member differs from that of the first',
    )
  }
}

/** As `gzipMembers` writes it: no flag, no time, no system. */
function isOurs(header: Buffer): boolean {
  return header.readUInt32LE(4) === 0 && header[3] === 0 && header[9] === gzipFormat.unknownSystem
}

/** What may follow the fixed part of a header: read past, checked where a checksum was written. */
class OptionalFields {
  #crc: number

  constructor(
    readonly input: GzipInput,
    readonly header: Buffer,
    readonly start: number,
  ) {
    this.#crc = crc32(header)
  }

  async skip(): Promise<void> {
    const flags = this.header[3] ?? 0
    if (flags & flag.extra) {
      const length = await this.#take(2)
      await this.#take(length.readUInt16LE())
    }
    if (flags & flag.name) await this.#skipText()
    if (flags & flag.comment) await this.#skipText()
    if (flags & flag.checksum) {
      const expected = this.#crc & 0xffff
      const stated = await this.#take(2)
      if (stated.readUInt16LE() === expected) return
      throw damage('GZIP_CORRUPT', this.start, 'the checksum of a gzip header is wrong')
    }
  }

  async #skipText(): Promise<void> {
    let length = 0
    for (;;) {
      const chunk = await this.input.next()
      if (!chunk) throw truncated(this.input.offset)
      const end = chunk.indexOf(0) + 1
      const text = end > 0 ? chunk.subarray(0, end) : chunk
      this.#crc = crc32(text, this.#crc)
      length += text.length
      if (length > longestText) {
        throw damage('GZIP_CORRUPT', this.start, 'a gzip header holds a name without an end')
      }
      if (end === 0) continue
      if (end < chunk.length) this.input.putBack(chunk.subarray(end))
      return
    }
  }

  async #take(count: number): Promise<Buffer> {
    const bytes = await this.input.take(count)
    if (bytes.length < count) throw truncated(this.input.offset)
    this.#crc = crc32(bytes, this.#crc)
    return bytes
  }
}

function truncated(offset: number): Failure {
  return damage('GZIP_TRUNCATED', offset, 'the file ends inside a gzip header')
}
