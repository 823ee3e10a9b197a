import { crc32 } from 'node:zlib'
import { gzipFormat } from './format.js'

/** The longest stored block (RFC 1951, section 3.2.4), and the bytes before its content. */
const longest = 65_535
const headBytes = 5

/**
 * A gzip member that holds `block` as it is: what zlib makes at level 0 too, in longer blocks and with one copying of the bytes
 * instead of several.
 */
export function storeBlock(block: Buffer): Buffer {
  const blocks = Math.max(1, Math.ceil(block.length / longest))
  const { headerBytes, trailerBytes } = gzipFormat
  const member = Buffer.allocUnsafeSlow(
    headerBytes + blocks * headBytes + block.length + trailerBytes,
  )
  member.fill(0, 0, headerBytes)
  gzipFormat.id.copy(member)
  member.writeUInt8(gzipFormat.deflate, 2)
  // As zlib says of its least effort (RFC 1952, section 2.3.1, XFL).
  member.writeUInt8(4, headerBytes - 2)
  member.writeUInt8(gzipFormat.unknownSystem, headerBytes - 1)
  let at: number = headerBytes
  for (let from = 0, left = blocks; left > 0; from += longest, left--) {
    const content = block.subarray(from, from + longest)
    at = member.writeUInt8(left === 1 ? 1 : 0, at)
    at = member.writeUInt16LE(content.length, at)
    at = member.writeUInt16LE(content.length ^ 0xffff, at)
    at += content.copy(member, at)
  }
  at = member.writeUInt32LE(crc32(block), at)
  member.writeUInt32LE(block.length, at)
  return member
}
