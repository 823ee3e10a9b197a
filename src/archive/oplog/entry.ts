import type { Optime } from '../../domain/contents.js'
import { Elements } from '../bson/elements.js'
import { bsonType } from '../bson/type.js'
import { damage } from '../damage.js'

/** The fields of an oplog entry, or of an operation inside `applyOps`, that say what it does to which namespace. */
export interface OplogEntry {
  /** i, u, d, c, n, and whatever later servers add. */
  readonly operation: string
  /** `database.collection`, or `database.$cmd` for a command. Empty for some noops. */
  readonly namespace: string
  /** Operations inside `applyOps` have none. */
  readonly timestamp: Optime | undefined
  /** The document it is about or the command it carries: to be walked once. */
  readonly object: Elements | undefined
}

/** Reads the document that `elements`, not walked yet, stands before. Throws ARCHIVE_CORRUPT where it is no entry. */
export function readOplogEntry(elements: Elements): OplogEntry {
  let operation: string | undefined
  let namespace = ''
  let timestamp: Optime | undefined
  let object: Elements | undefined
  const { offset } = elements
  while (elements.next()) {
    switch (elements.name) {
      case 'op':
        operation = elements.text
        break
      case 'ns':
        namespace = elements.text ?? ''
        break
      case 'ts':
        timestamp = optimeIn(elements)
        break
      case 'o':
        if (elements.type === bsonType.document) object = elements.inside()
        break
    }
  }
  if (operation === undefined) {
    throw damage('ARCHIVE_CORRUPT', offset, 'an entry of the oplog states no operation')
  }
  return { operation, namespace, timestamp, object }
}

/** A BSON timestamp: the ordinal in the low 32 bits, the seconds in the high ones. */
export function optimeIn(elements: Elements): Optime | undefined {
  if (elements.type !== bsonType.timestamp) return undefined
  return {
    seconds: elements.bytes.readUInt32LE(elements.start + 4),
    ordinal: elements.bytes.readUInt32LE(elements.start),
  }
}
