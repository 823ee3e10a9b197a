import { isAfter, type OplogPoint } from '../../domain/oplog/optime.js'
import type { OpenTransaction, SliceContents } from '../../domain/oplog/slice.js'
import { asBuffer } from '../asBuffer.js'
import { Elements } from '../bson/elements.js'
import { damage } from '../damage.js'
import { readCommand } from './command.js'
import { readOplogEntry } from './entry.js'
import { pointOf } from './point.js'
import { Refusals } from './refusals.js'
import { Transactions } from './transactions.js'

/** Reads the entries of a slice as they pass: their order, their number, and what a later restore must know of them. */
export class SliceTally {
  #end: OplogPoint
  #count = 0
  #rawBytes = 0
  readonly #refusals = new Refusals()
  readonly #transactions: Transactions

  /**
   * @param start the entry before the slice
   * @param open transactions that were open there
   */
  constructor(start: OplogPoint, open: readonly OpenTransaction[] = []) {
    this.#end = start
    this.#transactions = new Transactions(open)
  }

  /** Takes the next entry. Throws ARCHIVE_CORRUPT where it is none, or is not later than the one before. */
  add(bytes: Uint8Array): void {
    const document = asBuffer(bytes)
    const point = pointOf(document)
    if (!isAfter(point.at, this.#end.at))
      throw damage('ARCHIVE_CORRUPT', this.#rawBytes, 'the oplog is not in the order of time')
    this.#end = point
    this.#count += 1
    this.#rawBytes += document.length
    this.#refusals.take(document, point.at)
    const { operation, namespace, object } = readOplogEntry(new Elements(document, 0))
    const command = operation === 'c' && object ? readCommand(namespace, object) : undefined
    if (command) this.#transactions.add(new Elements(document, 0), command.name, point.at)
  }

  /** Bytes so far. */
  get rawBytes(): number {
    return this.#rawBytes
  }

  /** Entries so far. */
  get count(): number {
    return this.#count
  }

  /** What the entries so far prove. */
  contents(): SliceContents {
    const refusals = this.#refusals.found()
    return {
      end: this.#end,
      count: this.#count,
      rawBytes: this.#rawBytes,
      ...(refusals.length === 0 ? {} : { refusals }),
      openTransactions: this.#transactions.open(),
    }
  }
}
