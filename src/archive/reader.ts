import type { ArchiveContents } from '../domain/contents.js'
import type { Failure } from '../domain/failure.js'
import { Alongside } from './alongside.js'
import { asBuffer } from './asBuffer.js'
import { largestDocument } from './bson/type.js'
import { damage } from './damage.js'
import { Ledger, type LedgerOptions } from './ledger.js'
import { ArchiveScanner, type ArchiveEvents } from './scanner.js'

/** What a reader may do besides reading. */
export interface ArchiveReaderOptions extends LedgerOptions {
  /** Hears of everything that the reader has found to be in order. */
  readonly alongside?: ArchiveEvents
}

/**
 * Reads a raw (uncompressed) mongodump archive as it passes and proves that it is whole: every namespace that the
 * prelude announces is there, ends, and has the checksum it states. It does NOT prove that mongodump got to the end: a
 * dump that failed leaves whole archives too, so the exit code must be seen as well.
 *
 * Chunks may be of any size and may be reused after `feed` returns. Memory does not grow with the archive.
 */
export class ArchiveReader {
  readonly #ledger: Ledger
  readonly #scanner: ArchiveScanner
  #failure: Error | undefined

  constructor(options: ArchiveReaderOptions = {}) {
    this.#ledger = new Ledger(options)
    const { alongside } = options
    const events = alongside ? new Alongside(this.#ledger, alongside) : this.#ledger
    this.#scanner = new ArchiveScanner(events)
  }

  /** Bytes fed so far. */
  get bytes(): number {
    return this.#scanner.offset
  }

  /**
   * Takes the next bytes. Throws ARCHIVE_NOT_AN_ARCHIVE, ARCHIVE_VERSION_UNKNOWN, ARCHIVE_CORRUPT,
   * ARCHIVE_CRC_MISMATCH, ARCHIVE_TRAILING_GARBAGE; once it has thrown, it always throws.
   */
  feed(chunk: Uint8Array): void {
    if (this.#failure) throw this.#failure
    try {
      this.#scanner.feed(asBuffer(chunk))
    } catch (error) {
      if (error instanceof Error) this.#failure = error
      throw error
    }
  }

  /**
   * To be called where the stream ends. Throws ARCHIVE_EMPTY, ARCHIVE_TRUNCATED, and what `feed` has thrown; for an
   * archive that is whole but that mongorestore refuses, ARCHIVE_ENTRY_TOO_LARGE.
   */
  end(): ArchiveContents {
    if (this.#failure) throw this.#failure
    const { offset, breaksOff } = this.#scanner
    if (offset === 0) throw damage('ARCHIVE_EMPTY', 0, 'the archive is empty')
    if (breaksOff !== undefined) {
      throw damage('ARCHIVE_TRUNCATED', offset, `the archive breaks off ${breaksOff}`)
    }
    const { unfinished } = this.#ledger
    if (unfinished.length > 0) throw this.#missing(unfinished, offset)
    this.#requireTakeable()
    return this.#ledger.contents(offset)
  }

  #requireTakeable(): void {
    const { tooLarge } = this.#ledger
    if (!tooLarge) return
    const { bytes, offset } = tooLarge
    const says = `the archive is whole, but its oplog holds an entry of ${bytes.toString()} bytes; mongorestore takes at most ${largestDocument.toString()} and stops there`
    throw damage('ARCHIVE_ENTRY_TOO_LARGE', offset, says, { facts: { bytes } })
  }

  #missing(unfinished: readonly string[], offset: number): Failure {
    const few = unfinished.slice(0, 5).join(', ')
    const more = unfinished.length > 5 ? ` and ${unfinished.length - 5} more` : ''
    const says = `the archive ends before ${few}${more} is complete`
    return damage('ARCHIVE_TRUNCATED', offset, says, { facts: { unfinished } })
  }
}
