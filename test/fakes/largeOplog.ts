import { setInternalBufferSize, Timestamp } from 'bson'
import type { Namespace } from '../unit/archive/archiveBuilder.js'

/** As mongodump writes it where a document of nearly 16 MiB was inserted just before. */
export function largeOplog(): Namespace {
  setInternalBufferSize(20 * 1024 * 1024)
  const text = 'x'.repeat(16 * 1024 * 1024 - 50)
  const entry = { ts: new Timestamp({ t: 1, i: 1 }), op: 'i', ns: 'big.big', o: { _id: 1, text } }
  return { db: '', collection: 'oplog', documents: [entry], metadata: '', type: '' }
}
