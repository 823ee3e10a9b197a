import type { ArchiveContents } from '../domain/contents.js'
import type { Failure } from '../domain/failure.js'
import { writtenNames } from '../domain/oplog/unlisted.js'
import { readBlockHeader, type BlockHeader } from './blockHeader.js'
import { malformedAt } from './bson/malformed.js'
import { largestDocument, largestEntry } from './bson/type.js'
import { damage } from './damage.js'
import { readMetadata } from './metadata.js'
import { NamespaceRecord } from './namespaceRecord.js'
import { OplogTally } from './oplog/tally.js'
import { readArchiveHeader, readPreludeEntry, type ArchiveVersions } from './prelude.js'
import type { ArchiveEvents, BlockPlan } from './scanner.js'

/** What is to be done with documents besides counting them and taking their checksum. */
export interface LedgerOptions {
  /** Walk every element of every document. */
  readonly deep?: boolean
  /** False leaves out the checksums, where they have been compared before; the default is to compute and compare them. */
  readonly checksums?: boolean
  /** Hand over the documents of namespaces for which `of` (asked at each block) says true. */
  readonly documents?: {
    readonly of: (namespace: string) => boolean
    /** `document` is valid only during the call. */
    readonly each: (document: Buffer, namespace: string) => void
  }
}

/**
 * Keeps the books of an archive while it is scanned: which namespaces were announced, opened, closed, with how many
 * documents and which checksum. Throws ARCHIVE_CORRUPT, ARCHIVE_CRC_MISMATCH, ARCHIVE_VERSION_UNKNOWN.
 */
export class Ledger implements ArchiveEvents {
  #versions: ArchiveVersions = { serverVersion: '', toolVersion: '' }
  readonly #records: NamespaceRecord[] = []
  readonly #byStoredName = new Map<string, NamespaceRecord>()
  readonly #oplog = new OplogTally()
  #open = 0
  #current: NamespaceRecord | undefined
  #wanted = false
  #blockOffset = 0
  #tooLarge: { readonly bytes: number; readonly offset: number } | undefined

  constructor(readonly options: LedgerOptions) {}

  header(document: Buffer, offset: number): void {
    this.#versions = readArchiveHeader(document, offset)
  }

  entry(document: Buffer, offset: number): void {
    const entry = readPreludeEntry(document, offset)
    const record = new NamespaceRecord(entry, readMetadata(entry, offset))
    for (const stored of storedNames(record)) {
      if (this.#byStoredName.has(stored)) {
        throw damage('ARCHIVE_CORRUPT', offset, `the prelude announces ${stored} twice`)
      }
      this.#byStoredName.set(stored, record)
    }
    this.#records.push(record)
    this.#open++
  }

  preludeEnd(): void {
    this.#current = undefined
  }

  complete(): boolean {
    return this.#open === 0
  }

  block(document: Buffer, offset: number): BlockPlan {
    const header = readBlockHeader(document, offset)
    const record = this.#recordOf(header, offset)
    this.#current = record
    this.#blockOffset = offset
    if (header.last) this.#close(record, header, offset)
    this.#wanted = this.options.documents?.of(record.name) ?? false
    return {
      whole: this.#wanted || record.isOplog || this.options.deep === true,
      largest: record.isOplog ? largestEntry : largestDocument,
    }
  }

  bytes(chunk: Buffer, start: number, end: number): void {
    if (!this.#current) return
    if (this.options.checksums !== false) this.#current.crc.update(chunk, start, end)
    this.#current.bytes += end - start
  }

  document(document: Buffer, offset: number): void {
    if (!this.#current) return
    if (this.options.deep) this.#walk(this.#current, document, offset)
    if (this.#current.isOplog) this.#oplog.add(document, offset)
    if (document.length > largestDocument) this.#tooLarge ??= { bytes: document.length, offset }
    if (this.#wanted) this.options.documents?.each(document, this.#current.name)
  }

  blockEnd(documents: number): void {
    if (!this.#current) return
    if (this.#current.closed && documents > 0) {
      const says = `documents of ${this.#current.name} follow its end`
      throw damage('ARCHIVE_CORRUPT', this.#blockOffset, says)
    }
    this.#current.documents += documents
    this.#current = undefined
  }

  /** Names of the namespaces that have not been closed, in the order of the prelude. */
  get unfinished(): readonly string[] {
    return this.#records.filter((record) => !record.closed).map((record) => record.name)
  }

  /** The first entry of the oplog that mongorestore would refuse: how long it is, in bytes, and where it stands. */
  get tooLarge(): { readonly bytes: number; readonly offset: number } | undefined {
    return this.#tooLarge
  }

  contents(rawBytes: number): ArchiveContents {
    const oplog = this.#records.find((record) => record.isOplog)
    const others = this.#records.filter((record) => !record.isOplog)
    const written = new Set(
      others.flatMap(({ entry, metadata }) =>
        writtenNames(entry.database, entry.collection, metadata.type),
      ),
    )
    const has = (namespace: string) => written.has(namespace)
    return {
      ...this.#versions,
      rawBytes,
      namespaces: Object.fromEntries(others.map((record) => [record.name, record.contents])),
      ...(oplog ? { oplog: this.#oplog.contents(oplog.bytes, has) } : {}),
    }
  }

  #recordOf({ database, collection }: BlockHeader, offset: number): NamespaceRecord {
    const stored = `${database}.${collection}`
    const record = this.#byStoredName.get(stored)
    if (!record) throw this.#corrupt(stored, offset, 'which the prelude does not announce')
    if (record.closed) throw this.#corrupt(stored, offset, 'which has ended before')
    record.storedAs ??= collection
    if (record.storedAs !== collection) {
      throw this.#corrupt(stored, offset, `whose documents stand under ${record.storedAs}`)
    }
    return record
  }

  #close(record: NamespaceRecord, { crc }: BlockHeader, offset: number): void {
    if (this.options.checksums !== false && record.crc.value !== crc) {
      const says = `the checksum of ${record.name} is not that of its documents`
      const facts = { namespace: record.name }
      throw damage('ARCHIVE_CRC_MISMATCH', offset, says, { facts })
    }
    record.closed = true
    this.#open--
  }

  #walk(record: NamespaceRecord, document: Buffer, offset: number): void {
    const at = malformedAt(document, 0, document.length)
    if (at < 0) return
    throw damage('ARCHIVE_CORRUPT', offset + at, `a document of ${record.name} is malformed`)
  }

  #corrupt(stored: string, offset: number, why: string): Failure {
    return damage('ARCHIVE_CORRUPT', offset, `there is a block of ${stored}, ${why}`)
  }
}

/** Documents of a time-series stand under `system.buckets.` before server 8.3, and under its own name since. */
function storedNames({ name, entry, metadata }: NamespaceRecord): readonly string[] {
  if (metadata.type !== 'timeseries') return [name]
  return [name, `${entry.database}.system.buckets.${entry.collection}`]
}
