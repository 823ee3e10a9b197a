import { Long, serialize, Timestamp } from 'bson'
import type { Optime } from '../../domain/contents.js'
import type { Fields } from '../bson/fields.js'
import { splitNamespace } from '../oplog/command.js'

/** The indexes of a namespace that mongorestore is to build, and the names that it would build otherwise. */
export interface IndexOrders {
  readonly namespace: string
  readonly build: readonly Fields[]
  readonly forget: readonly string[]
}

/**
 * Entries that end an oplog by telling mongorestore which indexes to build. It applies neither of them to the server: both
 * change the list of indexes that it builds afterwards (`HandleNonTxnOp`, mongorestore/oplog.go; common/idx/index_catalog.go).
 * That list follows no renaming, takes few changes of an index, and keeps what was never finished.
 */
export function* lastWord(orders: Iterable<IndexOrders>, at: Optime): Generator<Buffer> {
  for (const { namespace, build, forget } of orders) {
    const [database, collection] = splitNamespace(namespace)
    for (const index of forget) {
      yield entry(database, { dropIndexes: collection, index }, at)
    }
    for (const index of build) {
      // Without a word on it the index would take on the collation of a collection that has one.
      const { collation = { locale: 'simple' }, ...rest } = index
      yield entry(database, { createIndexes: collection, ...rest, collation }, at)
    }
  }
}

function entry(database: string, command: Fields, { seconds, ordinal }: Optime): Buffer {
  const ts = new Timestamp({ t: seconds, i: ordinal })
  const fields = { ts, t: Long.ONE, v: Long.fromNumber(2), op: 'c', ns: `${database}.$cmd` }
  return Buffer.from(serialize({ ...fields, o: command }))
}
