import { asBuffer } from '../../archive/asBuffer.js'
import { Elements } from '../../archive/bson/elements.js'
import { bsonType } from '../../archive/bson/type.js'
import type { Structure } from '../../checks/data/evidence.js'

/** Paths that are kept: documents that use values as names have as many as there are values. */
const mostPaths = 400

/** Documents within documents are looked into so far. */
const deepest = 12

/** Names of BSON types by their bytes (bsonspec.org, version 1.1), as `$type` of the server has them. */
const typeNames: Readonly<Record<number, string>> = {
  0x01: 'double',
  [bsonType.string]: 'string',
  [bsonType.document]: 'object',
  [bsonType.array]: 'array',
  [bsonType.binary]: 'binData',
  0x06: 'undefined',
  0x07: 'objectId',
  [bsonType.boolean]: 'bool',
  [bsonType.date]: 'date',
  0x0a: 'null',
  0x0b: 'regex',
  0x0c: 'dbPointer',
  0x0d: 'javascript',
  0x0e: 'symbol',
  0x0f: 'javascriptWithScope',
  [bsonType.int32]: 'int',
  [bsonType.timestamp]: 'timestamp',
  [bsonType.int64]: 'long',
  0x13: 'decimal',
  0x7f: 'maxKey',
  0xff: 'minKey',
}

/** What is known of a path while documents pass. */
interface Seen {
  documents: number
  /** The last document that had it: a list may hold it many times. */
  last: number
  readonly types: Record<string, number>
}

/** What documents are made of: raw BSON in, paths and types out, no value. Memory does not grow with their number. */
export async function structureOf(documents: AsyncIterable<Uint8Array>): Promise<Structure> {
  const paths = new Map<string, Seen>()
  let sampled = 0
  let isCut = false

  const note = (path: string, type: string) => {
    let seen = paths.get(path)
    if (!seen) {
      if (paths.size >= mostPaths) {
        isCut = true
        return
      }
      seen = { documents: 0, last: -1, types: {} }
      paths.set(path, seen)
    }
    if (seen.last !== sampled) seen.documents += 1
    seen.last = sampled
    seen.types[type] = (seen.types[type] ?? 0) + 1
  }
  const walk = (elements: Elements, above: string, inList: boolean, depth: number) => {
    while (elements.next()) {
      const path = inList ? `${above}[]` : joined(above, elements.name)
      note(path, typeNames[elements.type] ?? 'unknown')
      const { isDocument, type } = elements
      if ((isDocument || type === bsonType.array) && depth < deepest)
        walk(elements.inside(), path, type === bsonType.array, depth + 1)
    }
  }

  for await (const document of documents) {
    walk(new Elements(asBuffer(document), 0), '', false, 0)
    sampled += 1
  }
  return {
    sampled,
    paths: [...paths].map(([path, { documents: count, types }]) => ({
      path,
      documents: count,
      types,
    })),
    isCut,
  }
}

/** A name that a dotted path cannot lead to stands in brackets. */
function joined(above: string, name: string): string {
  if (name === '' || name.startsWith('$') || name.includes('.'))
    return `${above}[${JSON.stringify(name)}]`
  return above === '' ? name : `${above}.${name}`
}
