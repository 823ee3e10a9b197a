import { Long, serialize, Timestamp, type Document } from 'bson'
import type { Optime } from '../../domain/contents.js'
import { Unmodelled } from '../catalogue/unmodelled.js'
import { plain } from '../catalogue/definition.js'
import { splitNamespace } from '../oplog/command.js'

/** The indexes of a namespace that mongorestore is to build, and the names that it would build otherwise. */
export interface IndexOrders {
  readonly namespace: string
  readonly build: readonly Document[]
  readonly forget: readonly string[]
}

/**
 * Entries that end an oplog by telling mongorestore which indexes to build. It applies neither of them to the server: both
 * change the list of indexes that it builds afterwards (`HandleNonTxnOp`, mongorestore/oplog.go; common/idx/index_catalog.go).
 * That list follows no renaming, takes few changes of an index, and keeps what was never finished. Throws Unmodelled.
 */
export function* lastWord(orders: Iterable<IndexOrders>, at: Optime): Generator<Buffer> {
  for (const { namespace, build, forget } of orders) {
    const [database, collection] = splitNamespace(namespace)
    for (const index of forget) {
      yield entry(database, { dropIndexes: collection, index }, at)
    }
    for (const index of build) {
      requireOrder(index, namespace)
      // Without a word on it the index would take on the collation of a collection that has one.
      const { collation = { locale: 'simple' }, ...rest } = index
      yield entry(
        database,
        { createIndexes: collection, ...rest, collation: collation as Document },
        at,
      )
    }
  }
}

function entry(database: string, command: Document, { seconds, ordinal }: Optime): Buffer {
  const ts = new Timestamp({ t: seconds, i: ordinal })
  const fields = { ts, t: Long.ONE, v: Long.fromNumber(2), op: 'c', ns: `${database}.$cmd` }
  return Buffer.from(serialize({ ...fields, o: command }))
}

/** JavaScript moves names that are numbers to the front: an index on such fields among others would change its order. */
function requireOrder({ name, key }: Document, namespace: string): void {
  const fields = Object.keys(plain(key as Document))
  if (fields.length > 1 && fields.some((field) => /^\d+$/.test(field))) {
    throw new Unmodelled(`the index ${String(name)} of ${namespace}, on fields named by numbers,`)
  }
}
