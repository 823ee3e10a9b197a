/** Sizes and constants of a gzip member (RFC 1952, section 2.3). */
export const gzipFormat = {
  /** Bytes of the part of a header that every member has: id, method, flags, mtime, extra flags, system. */
  headerBytes: 10,
  /** CRC-32 and length of the content, each 32 bits little-endian. */
  trailerBytes: 8,
  id: Buffer.from([0x1f, 0x8b]),
  deflate: 8,
  /** "unknown", as Go's gzip writes it too. */
  unknownSystem: 255,
} as const

/** True where a file that starts with these bytes is gzip'd. Two bytes are enough. */
export function looksGzipped(firstBytes: Uint8Array): boolean {
  return firstBytes[0] === gzipFormat.id[0] && firstBytes[1] === gzipFormat.id[1]
}
