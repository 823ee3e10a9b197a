import type { Optime } from '../../domain/contents.js'
import { encodeBlockHeader, readBlockHeader } from '../blockHeader.js'
import { Elements } from '../bson/elements.js'
import { largestEntry } from '../bson/type.js'
import { Unmodelled } from '../catalogue/unmodelled.js'
import { Crc64 } from '../crc64.js'
import { magicBytes, terminatorBytes } from '../magic.js'
import { readOplogEntry } from '../oplog/entry.js'
import { readPreludeEntry } from '../prelude.js'
import type { ArchiveEvents, BlockPlan } from '../scanner.js'
import { Outlet } from '../select/outlet.js'
import { Batches, type ApplyOperations } from './batches.js'
import { cannotReplay } from './failures.js'
import type { Replay } from './replay.js'

/** An entry of an oplog with its time. */
export interface TimedEntry {
  readonly at: Optime
  readonly raw: Buffer
}

const oplog = { database: '', collection: 'oplog' }

/**
 * Writes a base anew while it is scanned: everything but its oplog as it is, of its oplog what is replayed, and the end of
 * the oplog held back until the rest of it has been added. Where there is somebody who carries operations out, what is replayed goes there. Like the selector it checks nothing that the reader checks.
 */
export class SpliceWriter implements ArchiveEvents {
  readonly #outlet = new Outlet()
  readonly #crc = new Crc64()
  /** Names of views: they are made when all else is there. */
  readonly #views = new Set<string>()
  #fate: 'passed' | 'replayed' | 'held' | 'left out' = 'passed'
  readonly #batches: Batches | undefined
  #isEntry = false
  /** Whether an entry that is written now stands in a block of the oplog. */
  #isInOplog = false
  #last: TimedEntry | undefined

  constructor(
    readonly replay: Replay,
    readonly until: Optime,
    /** Carries out what is replayed; left out, all of it stays in the oplog. */
    private readonly apply?: ApplyOperations,
  ) {
    this.#batches = apply && new Batches()
  }

  /** The last entry of the base's own oplog; undefined where it has none. */
  get last(): TimedEntry | undefined {
    return this.#last
  }

  /** What can be passed on by now. Parts may be memory of the chunk scanned last. */
  take(): readonly Buffer[] {
    return this.#outlet.take()
  }

  header(document: Buffer): void {
    this.#outlet.push(magicBytes)
    this.#outlet.push(document)
  }

  entry(document: Buffer, offset: number): void {
    const entry = readPreludeEntry(document, offset)
    const { database, collection, type } = entry
    const isOplog = database === oplog.database && collection === oplog.collection
    if (!isOplog && !this.replay.keep(database)) return
    this.replay.announce(entry, offset)
    if (type === 'view') this.#views.add(`${database}.${collection}`)
    else this.#outlet.push(document)
  }

  preludeEnd(): void {
    this.#outlet.push(terminatorBytes)
  }

  complete(): boolean {
    return false
  }

  block(document: Buffer, offset: number): BlockPlan {
    const { database, collection, last } = readBlockHeader(document, offset)
    this.#isEntry = database === oplog.database && collection === oplog.collection
    const isLeftOut = !this.replay.keep(database) || this.#views.has(`${database}.${collection}`)
    if (this.#isEntry) this.#fate = last ? 'held' : 'replayed'
    else this.#fate = isLeftOut ? 'left out' : 'passed'
    this.#isInOplog = this.#fate === 'replayed'
    if (this.#isPassed) this.#outlet.push(document)
    return { whole: this.#isEntry, largest: largestEntry }
  }

  bytes(chunk: Buffer, start: number, end: number): void {
    if (this.#fate === 'passed') this.#outlet.push(chunk.subarray(start, end))
  }

  document(document: Buffer, offset: number): void {
    if (!this.#isEntry) return
    const { timestamp: at } = readOplogEntry(new Elements(document, offset))
    // The reader has refused entries without a time.
    if (!at) return
    this.#last = { at, raw: Buffer.from(document) }
    try {
      this.#write(this.replay.take(document, offset))
    } catch (error) {
      if (error instanceof Unmodelled) throw cannotReplay(error.message, at, undefined)
      throw error
    }
  }

  blockEnd(): void {
    if (this.#isPassed) this.#outlet.push(terminatorBytes)
    this.#isInOplog = false
  }

  get #isPassed(): boolean {
    return this.#fate === 'passed' || this.#fate === 'replayed'
  }

  /** Begins what is added to the oplog. */
  open(): void {
    this.replay.baseEnded()
    this.#isInOplog = true
    this.#outlet.push(encodeBlockHeader({ ...oplog, last: false, crc: 0n }))
  }

  /** Adds an entry; it is copied where it is small, and otherwise to be left alone until `take` was used up. */
  add(raw: Buffer): void {
    this.#write(this.replay.take(raw, 0))
  }

  /**
   * Carries out full batches of what was gathered, with `all` the whole of it; between two blocks, where nothing could be handed on, nothing. To be called when what
   * can be passed on was. Throws what `apply` throws.
   */
  async settle(all: boolean): Promise<void> {
    if (!this.#batches || !this.apply || !this.#isInOplog) return
    for (const entry of await this.#batches.settle(this.apply, all)) this.#push(entry)
  }

  /** Ends the oplog, and with it the archive. */
  close(): void {
    for (const entry of this.replay.lastWord(this.until)) this.#push(entry)
    this.#outlet.push(terminatorBytes)
    this.#outlet.push(encodeBlockHeader({ ...oplog, last: true, crc: this.#crc.value }))
    this.#outlet.push(terminatorBytes)
  }

  #write(entries: Iterable<Buffer>): void {
    for (const entry of entries)
      for (const left of this.#batches?.take(entry) ?? [entry]) this.#push(left)
  }

  /** Into the oplog of the archive. */
  #push(entry: Buffer): void {
    this.#crc.update(entry)
    this.#outlet.push(entry)
  }
}
