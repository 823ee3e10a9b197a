import { BSON } from 'mongodb'
import { Elements } from '../../archive/bson/elements.js'
import { DocumentWriter } from '../../archive/bson/documentWriter.js'
import { bsonType } from '../../archive/bson/type.js'
import { asBuffer } from '../../archive/asBuffer.js'

/** Values with the types of BSON. */
const asStored = { promoteValues: false, promoteBuffers: false, bsonRegExp: true } as const

/**
 * A document as the driver sends it back byte for byte. Decoded into an object, fields that are named by numbers would come
 * before all others: a Map keeps the order of the document.
 */
export function inOrder(document: Uint8Array): Map<string, unknown> {
  return new Map(entriesOf(new Elements(asBuffer(document), 0)))
}

/** Whether sending it back gives the same bytes: a name that occurs twice, or types that BSON gave up, do not. */
export function isExact(document: Uint8Array, decoded: Map<string, unknown>): boolean {
  return asBuffer(document).equals(BSON.serialize(decoded, { ignoreUndefined: false }))
}

function* entriesOf(elements: Elements): Generator<[string, unknown]> {
  while (elements.next()) yield [elements.name, valueOf(elements)]
}

function valueOf(elements: Elements): unknown {
  if (elements.type === bsonType.document) return new Map(entriesOf(elements.inside()))
  if (elements.type === bsonType.array) return [...entriesOf(elements.inside())].map(([, it]) => it)
  const alone = new DocumentWriter().raw(elements.raw).finish()
  return Object.values(BSON.deserialize(alone, asStored))[0]
}
