import { Elements } from '../bson/elements.js'
import { bsonType } from '../bson/type.js'

/** What an entry of a transaction is in it. */
export interface TransactionPart {
  /** Session and number: the same for all entries of one transaction. */
  readonly id: string
  /** Whether entries before it belong to it. */
  readonly continues: boolean
  /** `open`: more follows; `commit`: it counts from here; `abort`: it never does. */
  readonly then: 'open' | 'commit' | 'abort'
}

/**
 * What the entry `raw` is in a transaction; undefined where it is in none, as every write is: retried ones bear a session and a number too, and what
 * they write may have fields of any name. As mongorestore sees it (`NewMeta`,
 * https://github.com/mongodb/mongo-tools/blob/master/common/txn/meta.go): a command with `lsid` and `txnNumber`; inserts of a
 * retried batch have them too, and say so by `multiOpType: 1`.
 */
export function transactionPart(raw: Buffer, offset: number): TransactionPart | undefined {
  let session: string | undefined
  let number: string | undefined
  let continues = false
  let isBatch = false
  let isCommand = false
  let then: TransactionPart['then'] | undefined
  const fields = new Elements(raw, offset)
  while (fields.next()) {
    const { name, start, end } = fields
    if (name === 'lsid') session = raw.toString('latin1', start, end)
    else if (name === 'txnNumber') number = raw.toString('latin1', start, end)
    else if (name === 'prevOpTime' && fields.isDocument) continues = hasTime(fields.inside())
    else if (name === 'op') isCommand = fields.text === 'c'
    else if (name === 'multiOpType') isBatch = raw[start] === 1
    else if (name === 'o' && fields.isDocument) then = outcome(fields.inside())
  }
  if (!isCommand || isBatch || !then) return undefined
  if (session === undefined || number === undefined) return undefined
  return { id: `${session}${number}`, continues, then }
}

/** The empty `prevOpTime` of a first entry has the timestamp 0:0. */
function hasTime(previous: Elements): boolean {
  const time = previous.find('ts')
  if (time?.type !== bsonType.timestamp) return false
  return time.bytes.readBigUInt64LE(time.start) !== 0n
}

function outcome(command: Elements): TransactionPart['then'] | undefined {
  let isPart = false
  let isOpen = false
  while (command.next()) {
    switch (command.name) {
      case 'commitTransaction':
        return 'commit'
      case 'abortTransaction':
        return 'abort'
      case 'applyOps':
        isPart = true
        break
      case 'partialTxn':
      case 'prepare':
        isOpen = true
    }
  }
  if (!isPart) return undefined
  return isOpen ? 'open' : 'commit'
}

/** Keeps what transactions do to the catalogue until they are committed. */
export class OpenTransactions {
  readonly #open = new Map<string, (() => void)[]>()

  /** Whether an earlier entry of it has been seen. */
  has(id: string): boolean {
    return this.#open.has(id)
  }

  /** Takes the next part of a transaction with the changes of the catalogue in it; carries them out where it commits. */
  take({ id, then }: TransactionPart, changes: readonly (() => void)[]): void {
    const all = [...(this.#open.get(id) ?? []), ...changes]
    this.#open.delete(id)
    if (then === 'open') this.#open.set(id, all)
    if (then === 'commit') for (const change of all) change()
  }
}
