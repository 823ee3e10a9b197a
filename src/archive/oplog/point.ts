import { createHash } from 'node:crypto'
import type { OplogPoint } from '../../domain/oplog/optime.js'
import { asBuffer } from '../asBuffer.js'
import { Elements } from '../bson/elements.js'
import { bsonType } from '../bson/type.js'
import { damage } from '../damage.js'
import { optimeIn } from './entry.js'

/** The point that an entry of an oplog is. Throws ARCHIVE_CORRUPT for what is no entry. */
export function pointOf(entry: Uint8Array): OplogPoint {
  const elements = new Elements(asBuffer(entry), 0)
  let at: OplogPoint['at'] | undefined
  let term: number | undefined
  while (elements.next()) {
    if (elements.name === 'ts') at = optimeIn(elements)
    else if (elements.name === 't' && elements.type === bsonType.int64)
      term = Number(elements.bytes.readBigInt64LE(elements.start))
  }
  if (!at) throw damage('ARCHIVE_CORRUPT', 0, 'an entry of the oplog has no timestamp')
  const sha256 = createHash('sha256').update(entry).digest('hex')
  return { at, ...(term === undefined ? {} : { term }), sha256 }
}
