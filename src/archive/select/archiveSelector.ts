import { encodeBlockHeader, readBlockHeader } from '../blockHeader.js'
import { replaceFields } from '../bson/replaceFields.js'
import { largestEntry } from '../bson/type.js'
import { Crc64 } from '../crc64.js'
import { magicBytes, terminatorBytes } from '../magic.js'
import { readPreludeEntry } from '../prelude.js'
import type { ArchiveEvents, BlockPlan } from '../scanner.js'
import { OplogSelector } from './oplogSelector.js'
import { Outlet } from './outlet.js'
import { NamespaceChoice, type Selection } from './selection.js'
import { withoutIndexes } from './withoutIndexes.js'

/** What becomes of the block that passes: nothing, all of it as it is, or the entries chosen of it. */
type Fate = 'dropped' | 'passed' | 'selected'

/**
 * Writes the selected part of an archive while the whole of it is scanned. It checks nothing of its own: an
 * `ArchiveReader` has seen every byte before.
 *
 * Metadata go through untouched, but for indexes that are to be built apart. Those of servers before 4.4 repeat the namespace in each index, and mongorestore
 * overwrites it there with the one it restores to.
 */
export class ArchiveSelector implements ArchiveEvents {
  readonly #choice: NamespaceChoice
  readonly #oplog: OplogSelector
  readonly #oplogCrc = new Crc64()
  readonly #outlet = new Outlet()
  #fate: Fate = 'dropped'

  constructor(readonly selection: Selection) {
    this.#choice = new NamespaceChoice(selection)
    this.#oplog = new OplogSelector(this.#choice)
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
    const { database, collection, metadata } = readPreludeEntry(document, offset)
    if (!isOplog(database, collection)) this.#choice.announce(database, collection)
    if (this.#fateOf(database, collection) === 'dropped') return
    const renamed = this.#choice.renamed(database)
    const changed = new Map<string, string>()
    if (renamed !== database) changed.set('db', renamed)
    const apart = this.selection.indexesApart
    const name = `${database}.${collection}`
    const thinned = apart && withoutIndexes(metadata, (index) => apart.leaveOut(name, index))
    if (thinned) {
      changed.set('metadata', thinned.metadata)
      apart.onLeftOut(renamed, collection, thinned.leftOut)
    }
    this.#outlet.push(changed.size === 0 ? document : replaceFields(document, offset, changed))
  }

  preludeEnd(): void {
    this.#outlet.push(terminatorBytes)
  }

  complete(): boolean {
    return false
  }

  block(document: Buffer, offset: number): BlockPlan {
    const header = readBlockHeader(document, offset)
    const { database, collection, last } = header
    this.#fate = this.#fateOf(database, collection)
    if (this.#fate === 'selected') {
      const crc = last ? this.#oplogCrc.value : 0n
      this.#outlet.push(encodeBlockHeader({ ...header, crc }))
    } else if (this.#fate === 'passed') {
      const renamed = this.#choice.renamed(database)
      const same = renamed === database
      this.#outlet.push(same ? document : encodeBlockHeader({ ...header, database: renamed }))
    }
    return { whole: this.#fate === 'selected', largest: largestEntry }
  }

  bytes(chunk: Buffer, start: number, end: number): void {
    if (this.#fate === 'passed') this.#outlet.push(chunk.subarray(start, end))
  }

  document(document: Buffer, offset: number): void {
    if (this.#fate !== 'selected') return
    const selected = this.#oplog.select(document, offset)
    if (!selected) return
    this.#oplogCrc.update(selected)
    this.#outlet.push(selected)
  }

  blockEnd(): void {
    if (this.#fate !== 'dropped') this.#outlet.push(terminatorBytes)
  }

  #fateOf(database: string, collection: string): Fate {
    if (isOplog(database, collection)) {
      return this.selection.oplog === 'drop' ? 'dropped' : 'selected'
    }
    return this.#choice.keeps(database, collection) ? 'passed' : 'dropped'
  }
}

function isOplog(database: string, collection: string): boolean {
  return database === '' && collection === 'oplog'
}
