import type { NamespaceContents } from '../domain/contents.js'
import { Crc64 } from './crc64.js'
import type { NamespaceMetadata } from './metadata.js'
import type { PreludeEntry } from './prelude.js'

/** What is known of one namespace while an archive passes. */
export class NamespaceRecord {
  /** The collection its documents stand under; known with its first block. */
  storedAs: string | undefined
  closed = false
  documents = 0
  bytes = 0
  readonly crc = new Crc64()

  constructor(
    readonly entry: PreludeEntry,
    readonly metadata: NamespaceMetadata,
  ) {}

  /** `database.collection` as the prelude announces it. */
  get name(): string {
    return `${this.entry.database}.${this.entry.collection}`
  }

  /** The oplog that `mongodump --oplog` appends stands in no database. */
  get isOplog(): boolean {
    return this.entry.database === '' && this.entry.collection === 'oplog'
  }

  get contents(): NamespaceContents {
    const { database, collection } = this.entry
    const { type, indexes, options } = this.metadata
    return {
      database,
      collection,
      type,
      documents: this.documents,
      bytes: this.bytes,
      crc: this.crc.value.toString(16).padStart(16, '0'),
      indexes,
      options,
      ...(this.storedAs === undefined || this.storedAs === collection
        ? {}
        : { storedAs: this.storedAs }),
    }
  }
}
