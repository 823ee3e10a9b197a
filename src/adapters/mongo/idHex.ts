import { BSON } from 'mongodb'
import { idOf } from '../../archive/documentId.js'

/** An `_id` as a text that no other one has. */
export function idHex(id: unknown): string {
  return Buffer.from(idDocument(id)).toString('hex')
}

/** The same, of the document that bears it (raw BSON). */
export function idHexOf(document: Uint8Array): string {
  return idOf(document).toString('hex')
}

/** A document of nothing but this `_id`. */
export function idDocument(id: unknown): Uint8Array {
  return BSON.serialize(new Map([['_id', id]]))
}
