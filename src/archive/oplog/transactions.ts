import { createHash } from 'node:crypto'
import type { Optime } from '../../domain/contents.js'
import type { OpenTransaction } from '../../domain/oplog/slice.js'
import { Elements } from '../bson/elements.js'
import { bsonType } from '../bson/type.js'
import { transactionEnds } from './command.js'

/**
 * Follows transactions that take more than one entry: those too large for one, and prepared ones (mongo,
 * src/mongo/db/repl/oplog_entry.idl and transaction_oplog_application.cpp: `partialTxn`, `prepare`, commitTransaction,
 * abortTransaction).
 */
export class Transactions {
  readonly #open: Map<string, Optime>

  constructor(open: readonly OpenTransaction[]) {
    this.#open = new Map(open.map(({ transaction, since }) => [transaction, since]))
  }

  /** Takes an entry that is a command of this name with this body. */
  add(entry: Elements, command: string, at: Optime): void {
    if (command !== 'applyOps' && !transactionEnds.has(command)) return
    const transaction = identity(entry)
    if (transaction === undefined) return
    if (command === 'applyOps' && isUnfinished(entry)) {
      if (!this.#open.has(transaction)) this.#open.set(transaction, at)
    } else this.#open.delete(transaction)
  }

  open(): readonly OpenTransaction[] {
    return [...this.#open].map(([transaction, since]) => ({ transaction, since }))
  }
}

/** Session and number of a transaction; nothing for an entry outside of one. */
function identity(entry: Elements): string | undefined {
  const hash = createHash('sha256')
  let fields = 0
  const elements = new Elements(entry.document, entry.offset)
  while (elements.next()) {
    if (elements.name !== 'lsid' && elements.name !== 'txnNumber') continue
    hash.update(elements.raw)
    fields += 1
  }
  return fields === 2 ? hash.digest('hex').slice(0, 32) : undefined
}

/** Whether the command of the entry says that more is to come. */
function isUnfinished(entry: Elements): boolean {
  const object = new Elements(entry.document, entry.offset).find('o')
  if (!object?.isDocument) return false
  const fields = object.inside()
  while (fields.next()) {
    const { name, type, bytes, start } = fields
    if (name !== 'partialTxn' && name !== 'prepare') continue
    if (type === bsonType.boolean && bytes[start] === 1) return true
  }
  return false
}
