import { int32 } from './bson/valueEnd.js'
import { largestEntry, smallestDocument } from './bson/type.js'
import { damage } from './damage.js'
import { magicBytes, notAnArchive, terminator } from './magic.js'
import { StraddlingDocument } from './straddlingDocument.js'

/** How the documents of a block are to be handled. */
export interface BlockPlan {
  /** Hand each document over whole. */
  readonly whole: boolean
  /** Bytes of the largest document allowed. */
  readonly largest: number
}

/**
 * What the scanner tells, in the order of the archive. Offsets are bytes from the start of the archive. Buffers are
 * parts of what was fed: valid only during the call.
 */
export interface ArchiveEvents {
  /** The document after the magic number: versions. */
  header(document: Buffer, offset: number): void
  /** One namespace of the prelude. */
  entry(document: Buffer, offset: number): void
  preludeEnd(): void
  /** True when nothing may follow: asked before each block. */
  complete(): boolean
  /** The header of a block; its documents follow. */
  block(header: Buffer, offset: number): BlockPlan
  /** Bytes of documents of the block, contiguous, each byte once, cut anywhere; all of them before the block ends. */
  bytes(chunk: Buffer, start: number, end: number): void
  /** A document of the block, where the plan says whole; its bytes are told before or after, with those beside it. */
  document(document: Buffer, offset: number): void
  blockEnd(documents: number): void
}

type Expected = 'magic' | 'header' | 'entry' | 'block' | 'document'

const skimmed: BlockPlan = { whole: true, largest: largestEntry }

/**
 * Cuts a raw mongodump archive into its parts as it arrives, in chunks of any size
 * (https://github.com/mongodb/mongo-tools/blob/master/common/archive/spec.md). It copies only what lies across two
 * chunks and is wanted whole. Throws ARCHIVE_NOT_AN_ARCHIVE, ARCHIVE_CORRUPT, ARCHIVE_TRAILING_GARBAGE.
 */
export class ArchiveScanner {
  #expected: Expected = 'magic'
  #plan = skimmed
  #documents = 0
  /** Bytes of the archive before the current chunk. */
  #base = 0
  /** The first bytes of a unit: a length, the terminator or the magic number, while less than four are there. */
  readonly #word = Buffer.alloc(4)
  #wordBytes = 0
  /** Bytes that are missing of a document which nobody wants whole. */
  #missing = 0
  #straddling: StraddlingDocument | undefined
  /** Documents of the chunk, side by side, that were handed over whole and whose bytes have not been told. */
  #untold = { start: 0, end: 0 }

  constructor(readonly events: ArchiveEvents) {}

  /** Bytes fed so far. */
  get offset(): number {
    return this.#base
  }

  feed(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#straddling) at = this.#goOn(this.#straddling, chunk, at)
      else if (this.#missing > 0) at = this.#skipRest(chunk, at)
      else if (this.#expected === 'document' && !this.#plan.whole) at = this.#skim(chunk, at)
      else at = this.#unit(chunk, at)
    }
    this.#tellRun(chunk)
    this.#base += chunk.length
  }

  /** Says where a stream that has ended breaks off; undefined where it ends between two blocks. */
  get breaksOff(): string | undefined {
    if (['magic', 'header', 'entry'].includes(this.#expected)) return 'inside the prelude'
    if (this.#straddling || this.#missing > 0) return 'inside a document'
    if (this.#expected === 'block' && this.#wordBytes === 0) return undefined
    return 'inside a block'
  }

  /** Documents of which only the length matters: the hot path. */
  #skim(chunk: Buffer, from: number): number {
    const { largest } = this.#plan
    const end = chunk.length
    let at = from
    if (this.#wordBytes > 0) return this.#unit(chunk, at)
    while (at + 4 <= end) {
      const length = int32(chunk, at)
      if (length === terminator) {
        this.#tell(chunk, from, at)
        this.#endBlock()
        return at + 4
      }
      if (length < smallestDocument || length > largest)
        throw this.#wrongLength(length, this.#base + at)
      this.#documents++
      const next = at + length
      if (next > end) {
        this.#tell(chunk, from, end)
        this.#missing = next - end
        return end
      }
      if (chunk[next - 1] !== 0) throw this.#openEnd(this.#base + next - 1)
      at = next
    }
    this.#tell(chunk, from, at)
    return at < end ? this.#unit(chunk, at) : at
  }

  #skipRest(chunk: Buffer, at: number): number {
    const taken = Math.min(this.#missing, chunk.length - at)
    this.#missing -= taken
    this.#tell(chunk, at, at + taken)
    if (this.#missing === 0 && chunk[at + taken - 1] !== 0) {
      throw this.#openEnd(this.#base + at + taken - 1)
    }
    return at + taken
  }

  /** A length, and the document it announces; or the terminator; or the magic number. */
  #unit(chunk: Buffer, from: number): number {
    if (this.#wordBytes === 0 && this.#expected === 'block' && this.events.complete()) {
      throw damage(
        'ARCHIVE_TRAILING_GARBAGE',
        this.#base + from,
        'bytes follow the end of the archive',
      )
    }
    const taken = Math.min(4 - this.#wordBytes, chunk.length - from)
    chunk.copy(this.#word, this.#wordBytes, from, from + taken)
    this.#wordBytes += taken
    const at = from + taken
    if (this.#expected === 'magic') this.#checkMagic()
    if (this.#wordBytes < 4) return at
    this.#wordBytes = 0
    if (this.#expected === 'magic') {
      this.#expected = 'header'
      return at
    }
    const offset = this.#base + at - 4
    const length = int32(this.#word, 0)
    if (length === terminator) {
      this.#tellRun(chunk)
      this.#terminate(offset)
      return at
    }
    const largest = this.#expected === 'document' ? this.#plan.largest : largestEntry
    if (length < smallestDocument || length > largest) throw this.#wrongLength(length, offset)
    if (this.#expected === 'document' && !this.#plan.whole) {
      this.#documents++
      this.#tell(this.#word, 0, 4)
      this.#missing = length - 4
      return at
    }
    const start = at - 4
    if (start >= 0 && start + length <= chunk.length) {
      const end = start + length
      if (this.#expected === 'document') this.#addToRun(start, end)
      this.#whole(chunk.subarray(start, end), offset)
      return end
    }
    this.#straddling = new StraddlingDocument(length, offset, this.#word)
    return at
  }

  #goOn(straddling: StraddlingDocument, chunk: Buffer, from: number): number {
    const at = straddling.take(chunk, from)
    if (straddling.complete) {
      this.#straddling = undefined
      if (this.#expected === 'document') this.#tell(straddling.bytes, 0, straddling.length)
      this.#whole(straddling.bytes, straddling.offset)
    }
    return at
  }

  #whole(document: Buffer, offset: number): void {
    if (document[document.length - 1] !== 0) throw this.#openEnd(offset + document.length - 1)
    switch (this.#expected) {
      case 'magic':
      case 'header':
        this.events.header(document, offset)
        this.#expected = 'entry'
        return
      case 'entry':
        this.events.entry(document, offset)
        return
      case 'block':
        this.#plan = this.events.block(document, offset)
        this.#documents = 0
        this.#expected = 'document'
        return
      case 'document':
        this.#documents++
        this.events.document(document, offset)
    }
  }

  #terminate(offset: number): void {
    if (this.#expected === 'document') {
      this.#endBlock()
    } else if (this.#expected === 'entry') {
      this.#expected = 'block'
      this.events.preludeEnd()
    } else {
      throw damage('ARCHIVE_CORRUPT', offset, 'a block ends that never began')
    }
  }

  #endBlock(): void {
    this.#expected = 'block'
    this.events.blockEnd(this.#documents)
  }

  /** Long runs are told at once: their checksum is computed faster than that of one document after the other. */
  #addToRun(start: number, end: number): void {
    if (this.#untold.end === 0) this.#untold.start = start
    this.#untold.end = end
  }

  #tellRun(chunk: Buffer): void {
    const { start, end } = this.#untold
    this.#untold.end = 0
    this.#tell(chunk, start, end)
  }

  #tell(chunk: Buffer, start: number, end: number): void {
    if (end > start) this.events.bytes(chunk, start, end)
  }

  #checkMagic(): void {
    const read = this.#word.subarray(0, this.#wordBytes)
    if (!magicBytes.subarray(0, this.#wordBytes).equals(read)) throw notAnArchive(read)
  }

  #wrongLength(length: number, offset: number): Error {
    return damage(
      'ARCHIVE_CORRUPT',
      offset,
      `${length} is neither the length of a document nor an end`,
    )
  }

  #openEnd(offset: number): Error {
    return damage('ARCHIVE_CORRUPT', offset, 'a document does not end where its length says')
  }
}
