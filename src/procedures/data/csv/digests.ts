import { createHash } from 'node:crypto'
import type { KeyDigest } from './rowTable.js'

/** What a row or a document is known by. */
export interface RowDigests {
  readonly key: KeyDigest
  /** Of everything that is compared, the key left out. */
  readonly row: number
  readonly fields: readonly number[]
}

/** The digests of texts in their comparable form; nothing where the whole key is empty. */
export function digestsOf(
  key: readonly string[],
  fields: readonly string[],
): RowDigests | undefined {
  if (key.every((text) => text === '')) return undefined
  const digest = sha256(key)
  const part = (at: number) => digest.readUInt32LE(at * 4)
  return {
    key: [part(0), part(1), part(2), part(3)],
    row: sha256(fields).readUInt32LE(0),
    fields: fields.map(textDigest),
  }
}

function sha256(texts: readonly string[]): Buffer {
  return createHash('sha256').update(JSON.stringify(texts)).digest()
}

/** FNV-1a over the letters, and the last step of MurmurHash3, which spreads it over all 32 bits. Both are in the public domain. */
function textDigest(text: string): number {
  let digest = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1)
    digest = Math.imul(digest ^ text.charCodeAt(at), 0x01000193)
  digest = Math.imul(digest ^ (digest >>> 16), 0x85ebca6b)
  digest = Math.imul(digest ^ (digest >>> 13), 0xc2b2ae35)
  return (digest ^ (digest >>> 16)) >>> 0
}
