import { deserialize, EJSON } from 'bson'
import { Elements } from './bson/elements.js'
import { DocumentWriter } from './bson/documentWriter.js'
import { asBuffer } from './asBuffer.js'
import { damage } from './damage.js'

/** A document of nothing but the `_id` of a document, which it is known by. Throws ARCHIVE_CORRUPT where it has none. */
export function idOf(document: Uint8Array): Buffer {
  const id = new Elements(asBuffer(document), 0).find('_id')
  if (!id) throw damage('ARCHIVE_CORRUPT', 0, 'a document has no _id')
  return new DocumentWriter().raw(id.raw).finish()
}

/** An `_id` as people and programs read it: Extended JSON. */
export function idText(id: Uint8Array): string {
  const fields = deserialize(id, { promoteValues: false, bsonRegExp: true })
  return EJSON.stringify(fields['_id'], { relaxed: true })
}
