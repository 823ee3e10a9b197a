import type { Collection, MongoClient } from 'mongodb'
import type { Namespace } from '../../ports/documents.js'
import type { SearchBound, SharedKey } from '../../ports/operations.js'
import { isOutOfMemory } from './documentKey.js'
import { idDocument, idHex, idHexOf } from './idHex.js'
import { digestOf, SeenDocuments } from './seenDocuments.js'
import {
  documentsOf,
  sharingGroups,
  surplusOf,
  type SharingGroup,
  type Surplus,
} from './sharingGroups.js'

/** Groups that are shown. */
const shown = 3

/**
 * Reads documents that have the same values in some fields: how many there are, how many of them hold anything else than the one that would
 * be kept, and what each is. Nothing where the bound does not let it. Throws the signal's reason.
 */
export async function lookAtSharedKey(
  client: MongoClient,
  { database, collection }: Namespace,
  fields: readonly string[],
  bound: SearchBound & { readonly signal: AbortSignal },
): Promise<SharedKey | undefined> {
  const documents = client.db(database).collection(collection)
  const seen = { going: new SeenDocuments(), kept: new SeenDocuments() }
  const sums = { groups: 0, surplus: 0, differing: 0 }
  let largest: SharedKey['largest'] = []
  const counted = async function* (): AsyncGenerator<SharingGroup> {
    for await (const group of sharingGroups(documents, fields, bound)) {
      sums.groups++
      largest = withOne(largest, group)
      yield group
    }
  }
  try {
    for await (const part of surplusOf(counted())) {
      bound.signal.throwIfAborted()
      sums.surplus += part.length
      sums.differing += await differing(documents, part, seen)
    }
  } catch (error) {
    if (isOutOfMemory(error)) return undefined
    throw error
  }
  return {
    ...sums,
    largest,
    wasSeen: (document) => seen.going.has(document),
    wasKept: (document) => seen.kept.has(document),
  }
}

/** Of these how many are not what is kept in their place; each that is there is kept in mind. */
async function differing(
  documents: Collection,
  part: readonly Surplus[],
  seen: { readonly going: SeenDocuments; readonly kept: SeenDocuments },
): Promise<number> {
  const going = new Set(part.map(({ id }) => idHex(id)))
  const kept = new Map(part.map(({ group }) => [idHex(group.first), group.first]))
  const contents = new Map<string, bigint>()
  const ids = [...part.map(({ id }) => id), ...kept.values()]
  for await (const document of documentsOf(documents, ids)) {
    const id = idHexOf(document)
    contents.set(id, digestOf(withoutId(document, id)))
    if (going.has(id)) seen.going.add(document)
    if (kept.has(id)) seen.kept.add(document)
  }
  return part.filter(({ id, group }) => {
    const own = contents.get(idHex(id))
    return own === undefined || own !== contents.get(idHex(group.first))
  }).length
}

/** A server keeps the `_id` before all other fields: what follows it. A document of it alone ends with one byte more. */
function withoutId(document: Uint8Array, id: string): Uint8Array {
  return document.subarray(id.length / 2 - 1)
}

function withOne(
  largest: SharedKey['largest'],
  { ids, first, last }: SharingGroup,
): SharedKey['largest'] {
  const least = largest.at(-1)
  if (largest.length === shown && least && least.documents >= ids.length) return largest
  const one = { documents: ids.length, first: idDocument(first), last: idDocument(last) }
  return [...largest, one].toSorted((a, b) => b.documents - a.documents).slice(0, shown)
}
