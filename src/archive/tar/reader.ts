import { asBuffer } from '../asBuffer.js'
import { damage } from '../damage.js'
import { blockBytes, readHeader, type TarHeader } from './header.js'

/** An entry of a tar, as it comes by. */
export interface TarEntry extends TarHeader {
  readonly kind: 'file' | 'folder'
}

/** A name that stands in blocks of its own, as far as it was read. */
interface LongName {
  text: string
  missing: number
  readonly filling: number
}

/** The longest name that is believed. */
const longestName = 4096

/**
 * Reads a tar while it passes, block by block: every header's checksum, every length, the two empty blocks that end it.
 * It takes plain files and folders below `.` only, which is what `tar` makes of a data folder: what passes can be
 * unpacked without leaving the folder it is unpacked into. Holds one block.
 *
 * Throws TAR_CORRUPT, TAR_TRUNCATED, TAR_UNEXPECTED, with the byte of the tar.
 */
export class TarReader {
  #offset = 0
  /** Bytes of the current entry (or its filling) that are still to come. */
  #skip = 0
  #block: Buffer = Buffer.alloc(0)
  #emptyBlocks = 0
  /** The name that the next entry has, where it does not fit into its header. */
  #longName: LongName | undefined

  /** Bytes of the current file's content that are still to come. */
  #content = 0

  constructor(
    private readonly onEntry: (entry: TarEntry) => void,
    /** Gets the content of the entry that was told last, as it comes by. */
    private readonly onContent: (bytes: Buffer) => void = () => undefined,
  ) {}

  /** Bytes read so far. */
  get bytes(): number {
    return this.#offset
  }

  feed(chunk: Uint8Array): void {
    const bytes = asBuffer(chunk)
    let at = 0
    while (at < bytes.length) {
      const before = at
      if (this.#skip > 0) {
        at += Math.min(this.#skip, bytes.length - at)
        const content = Math.min(this.#content, at - before)
        if (content > 0) this.onContent(bytes.subarray(before, before + content))
        this.#content -= content
        this.#skip -= at - before
      } else if (this.#longName && this.#longName.missing > 0) {
        at += this.#readName(this.#longName, bytes.subarray(at))
      } else {
        at += this.#readBlock(bytes.subarray(at))
      }
      this.#offset += at - before
    }
  }

  /** To be called at the end of the stream. */
  end(): void {
    if (this.#skip > 0 || this.#block.length > 0 || this.#longName)
      throw damage('TAR_TRUNCATED', this.#offset, 'the tar ends inside an entry')
    if (this.#emptyBlocks < 2)
      throw damage('TAR_TRUNCATED', this.#offset, 'the tar ends without its two empty blocks')
  }

  /** Takes what belongs to the block; says how much that was. */
  #readBlock(bytes: Buffer): number {
    const taken = bytes.subarray(0, blockBytes - this.#block.length)
    this.#block = this.#block.length === 0 ? taken : Buffer.concat([this.#block, taken])
    if (this.#block.length < blockBytes) {
      // What was handed in belongs to the caller.
      this.#block = Buffer.from(this.#block)
      return taken.length
    }
    const start = this.#offset + taken.length - blockBytes
    const block = this.#block
    this.#block = Buffer.alloc(0)
    this.#entry(block, start)
    return taken.length
  }

  #entry(block: Buffer, start: number): void {
    if (block.every((byte) => byte === 0)) {
      if (this.#longName) throw damage('TAR_CORRUPT', start, 'a long name is followed by no entry')
      this.#emptyBlocks++
      return
    }
    if (this.#emptyBlocks > 0)
      throw damage('TAR_CORRUPT', start, 'something follows the end of the tar')
    const header = readHeader(block)
    if (!header) throw damage('TAR_CORRUPT', start, 'the checksum of a header is wrong')
    const filling = (blockBytes - (header.size % blockBytes)) % blockBytes
    if (header.type === 'L') {
      if (header.size > longestName || header.size === 0)
        throw damage('TAR_CORRUPT', start, 'a name has an impossible length')
      this.#longName = { text: '', missing: header.size, filling }
      return
    }
    const name = this.#longName?.text.replace(/\0+$/, '') ?? header.name
    this.#longName = undefined
    const kind = header.type === '0' ? 'file' : header.type === '5' ? 'folder' : undefined
    if (!kind)
      throw damage('TAR_UNEXPECTED', start, `${name} is neither a file nor a folder`, {
        facts: { name, type: header.type },
      })
    if (!isBelow(name))
      throw damage('TAR_UNEXPECTED', start, `${JSON.stringify(name)} is no path below the folder`)
    this.#skip = header.size + filling
    this.#content = header.size
    this.onEntry({ ...header, name, kind })
  }

  #readName(name: LongName, bytes: Buffer): number {
    const taken = bytes.subarray(0, name.missing)
    name.text += taken.toString('utf8')
    name.missing -= taken.length
    if (name.missing === 0) this.#skip = name.filling
    return taken.length
  }
}

/** `./name`, no step of which leads upwards. */
function isBelow(name: string): boolean {
  return name.startsWith('./') && !name.split('/').includes('..')
}
