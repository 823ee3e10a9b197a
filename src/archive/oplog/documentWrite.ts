import { idOf } from '../documentId.js'
import { Elements } from '../bson/elements.js'
import { bsonType } from '../bson/type.js'
import { damage } from '../damage.js'
import { patched } from './diff.js'

/** What a write makes of a document, or why it cannot be the document that it was made for. */
export type WriteOutcome =
  | { readonly after: Buffer | undefined }
  | {
      readonly misfit:
        | 'it is there already, with other content'
        | 'it is gone'
        | 'it is different from what this changed'
        | 'it was written by a server older than 5.0'
    }

/** The `_id` of the document that an insert, update or delete of an oplog is about, as a document of nothing else. */
export function writtenId(operation: Buffer): Buffer {
  const named = new Elements(operation, 0).find('o2') ?? new Elements(operation, 0).find('o')
  if (!named?.isDocument)
    throw damage('ARCHIVE_CORRUPT', 0, 'an entry of the oplog names no document')
  return idOf(named.inside().document)
}

/**
 * Carries a write out on a document, absent where there is none; never on another one than it was made for, as far as that can be
 * told. Throws ARCHIVE_CORRUPT for what is no write.
 */
export function written(
  kind: 'insert' | 'update' | 'delete',
  operation: Buffer,
  before: Buffer | undefined,
): WriteOutcome {
  if (kind === 'delete') return { after: undefined }
  const object = new Elements(operation, 0).find('o')
  if (!object?.isDocument)
    throw damage('ARCHIVE_CORRUPT', 0, 'an entry of the oplog has no document')
  const { document } = object.inside()
  if (kind === 'insert') {
    const isThere = before !== undefined && !before.equals(document)
    return isThere ? { misfit: 'it is there already, with other content' } : { after: document }
  }
  if (!before) return { misfit: 'it is gone' }
  const first = new Elements(document, 0)
  if (!first.next() || !first.name.startsWith('$')) return { after: document }
  const diff = new Elements(document, 0).find('diff')
  const isSecond =
    first.name === '$v' && first.type === bsonType.int32 && document.readInt32LE(first.start) === 2
  if (!isSecond || !diff?.isDocument) return { misfit: 'it was written by a server older than 5.0' }
  const after = patched(before, diff.inside().document)
  return after ? { after } : { misfit: 'it is different from what this changed' }
}
