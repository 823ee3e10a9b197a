import { damage } from './damage.js'
import type { Packed } from './tar.js'
import { blockBytes, readHeader } from './tar/header.js'

/** Where the folders of a name that is longer than 100 bytes stand (POSIX.1-1988, ustar). */
const prefixAt = [345, 155] as const

/**
 * The files of a small tar that `packed` made. Names are taken as they are, below whatever folder they name: who writes them
 * down has to look. Throws `TAR_CORRUPT`, `TAR_TRUNCATED`, `TAR_UNEXPECTED` (integrity).
 */
export function unpacked(tar: Buffer): readonly Required<Packed>[] {
  const files: Required<Packed>[] = []
  let at = 0
  for (;;) {
    const block = tar.subarray(at, at + blockBytes)
    if (block.length < blockBytes)
      throw damage('TAR_TRUNCATED', at, 'the tar ends without its two empty blocks')
    if (block.every((byte) => byte === 0)) return files
    const header = readHeader(block)
    if (!header) throw damage('TAR_CORRUPT', at, 'the checksum of a header is wrong')
    const name = fullName(block, header.name)
    if (header.type !== '0') throw damage('TAR_UNEXPECTED', at, `${name} is no file`)
    const content = tar.subarray(at + blockBytes, at + blockBytes + header.size)
    if (content.length < header.size)
      throw damage('TAR_TRUNCATED', at, `the tar ends inside ${name}`)
    files.push({ name, text: content.toString('utf8'), mode: header.mode })
    at += blockBytes + Math.ceil(header.size / blockBytes) * blockBytes
  }
}

function fullName(block: Buffer, name: string): string {
  const [from, length] = prefixAt
  const bytes = block.subarray(from, from + length)
  const end = bytes.indexOf(0)
  const prefix = bytes.subarray(0, end < 0 ? length : end).toString('utf8')
  return prefix === '' ? name : `${prefix}/${name}`
}
