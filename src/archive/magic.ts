import type { Failure } from '../domain/failure.js'
import { damage } from './damage.js'

/** 0x8199e26d, little-endian: the first bytes of every mongodump archive. */
export const magicBytes = Buffer.from([0x6d, 0xe2, 0x99, 0x81])

/** What stands where a length could be and ends the prelude or a block: ff ff ff ff. */
export const terminator = -1

/** The same as bytes. */
export const terminatorBytes = Buffer.from([0xff, 0xff, 0xff, 0xff])

const others: readonly (readonly [string, string])[] = [
  ['1f8b', 'gzip'],
  ['504b', 'a zip file'],
  ['28b52ffd', 'zstd'],
  ['fd377a58', 'xz'],
  ['425a68', 'bzip2'],
  ['6167652d', 'encrypted with age'],
]

/** The failure for bytes that do not start as an archive does; says what they are where that is known. */
export function notAnArchive(firstBytes: Buffer): Failure {
  const start = firstBytes.toString('hex')
  const other = others.find(([signature]) => start.startsWith(signature))
  const says = other
    ? `this is ${other[1]}, not a mongodump archive`
    : 'this is not a mongodump archive'
  return damage('ARCHIVE_NOT_AN_ARCHIVE', 0, says)
}
