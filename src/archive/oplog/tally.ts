import { createHash } from 'node:crypto'
import type { OplogContents, OplogWrites, Optime } from '../../domain/contents.js'
import { Elements } from '../bson/elements.js'
import { bsonType } from '../bson/type.js'
import { damage } from '../damage.js'
import { deepestNesting, readCommand, renamedTo, transactionEnds } from './command.js'
import { readOplogEntry, type OplogEntry } from './entry.js'
import { compareOptimes } from '../../domain/oplog/optime.js'
import { unlistedNamespaces } from '../../domain/oplog/unlisted.js'

type Count = { -readonly [Key in keyof OplogWrites]: number }

/** Commands by which a collection comes or goes. */
const lifecycle: ReadonlySet<string> = new Set(['create', 'drop', 'renameCollection'])

/**
 * Counts what an oplog carries, entry by entry, those inside transactions and other `applyOps` included. Operations of
 * a transaction count where they stand, whether or not its commit follows.
 */
export class OplogTally {
  #first: Optime | undefined
  #last: Optime | undefined
  #entries = 0
  #lastBytes = Buffer.alloc(0)
  #lastLength = 0
  readonly #writes = new Map<string, Count>()
  readonly #views = new Set<string>()
  readonly #comesOrGoes = new Set<string>()

  /**
   * Takes one entry. Throws ARCHIVE_CORRUPT where it is none, or is earlier than the one before. Servers give no two entries
   * one time; an oplog that was spliced has some (a long entry in parts, and what ends it).
   */
  add(document: Buffer, offset: number): void {
    const entry = readOplogEntry(new Elements(document, offset))
    const { timestamp } = entry
    if (!timestamp)
      throw damage('ARCHIVE_CORRUPT', offset, 'an entry of the oplog has no timestamp')
    if (this.#last && compareOptimes(timestamp, this.#last) < 0) {
      throw damage('ARCHIVE_CORRUPT', offset, 'the oplog is not in the order of time')
    }
    this.#first ??= timestamp
    this.#last = timestamp
    this.#entries++
    this.#keep(document)
    this.#count(entry, offset, 0)
  }

  /** A copy, because the memory of a document is used again; hashed only once, at the end. */
  #keep(document: Buffer): void {
    if (this.#lastBytes.length < document.length)
      this.#lastBytes = Buffer.allocUnsafe(2 * document.length)
    this.#lastLength = document.copy(this.#lastBytes)
  }

  /** The counts so far; `bytes` is what the entries take, `has` says whether documents of a namespace are in the archive. */
  contents(bytes: number, has: (namespace: string) => boolean): OplogContents {
    const writes = Object.fromEntries(this.#writes)
    const range =
      this.#first && this.#last
        ? { first: this.#first, last: this.#last, lastEntry: this.#hashOfLast() }
        : {}
    const views = this.#views.size > 0 ? { views: [...this.#views] } : {}
    const comesOrGoes = (namespace: string) => this.#comesOrGoes.has(namespace)
    const unlisted = unlistedNamespaces({ writes, has, comesOrGoes })
    const known = { ...range, entries: this.#entries, bytes, writes, ...views }
    return unlisted ? { ...known, unlisted } : known
  }

  #hashOfLast(): string {
    const last = this.#lastBytes.subarray(0, this.#lastLength)
    return createHash('sha256').update(last).digest('hex')
  }

  #count(entry: OplogEntry, offset: number, depth: number): void {
    if (entry.operation !== 'c' && entry.namespace.endsWith('.system.views')) {
      const view = entry.object?.find('_id')?.text
      if (view !== undefined) this.#views.add(view)
    }
    switch (entry.operation) {
      case 'i':
        this.#of(entry.namespace).inserts++
        return
      case 'u':
        this.#of(entry.namespace).updates++
        return
      case 'd':
        this.#of(entry.namespace).deletes++
        return
      case 'c':
        this.#countCommand(entry, offset, depth)
    }
  }

  #countCommand({ namespace, object }: OplogEntry, offset: number, depth: number): void {
    const command = object && readCommand(namespace, object)
    if (!command) throw damage('ARCHIVE_CORRUPT', offset, 'a command of the oplog is empty')
    if (command.name !== 'applyOps') {
      if (transactionEnds.has(command.name)) return
      this.#of(command.namespace).commands++
      if (lifecycle.has(command.name)) this.#comesOrGoes.add(command.namespace)
      const to = command.name === 'renameCollection' ? renamedTo(object).to : undefined
      if (to !== undefined) this.#comesOrGoes.add(to)
      return
    }
    if (object.type !== bsonType.array || depth >= deepestNesting) {
      throw damage('ARCHIVE_CORRUPT', offset, 'an applyOps of the oplog is malformed')
    }
    const operations = object.inside()
    while (operations.next()) {
      if (operations.type !== bsonType.document) {
        throw damage('ARCHIVE_CORRUPT', offset, 'an applyOps of the oplog holds no operation')
      }
      this.#count(readOplogEntry(operations.inside()), offset, depth + 1)
    }
  }

  #of(namespace: string): Count {
    const known = this.#writes.get(namespace)
    if (known) return known
    const fresh = { inserts: 0, updates: 0, deletes: 0, commands: 0 }
    this.#writes.set(namespace, fresh)
    return fresh
  }
}
