import { DocumentWriter } from './documentWriter.js'
import { Elements } from './elements.js'
import { bsonType } from './type.js'

/** What is to stand in a field: text, or a raw document. Undefined leaves the field out. */
export type Replacement = string | Buffer | undefined

/**
 * The same document with some of its fields replaced where they are; fields that it does not have are not added.
 * `offset` is that of `document` in the archive. Throws ARCHIVE_CORRUPT where the document is malformed.
 */
export function replaceFields(
  document: Buffer,
  offset: number,
  replacements: ReadonlyMap<string, Replacement>,
): Buffer {
  const writer = new DocumentWriter()
  const elements = new Elements(document, offset)
  while (elements.next()) {
    const { name, type } = elements
    const replacement = replacements.get(name)
    if (!replacements.has(name)) writer.raw(elements.raw)
    else if (typeof replacement === 'string') writer.text(name, replacement)
    else if (replacement) {
      writer.document(name, replacement, type === bsonType.array ? type : bsonType.document)
    }
  }
  return writer.finish()
}
