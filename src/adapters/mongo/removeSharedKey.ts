import type { AnyBulkWriteOperation, Collection, Document, MongoClient } from 'mongodb'
import type { Namespace } from '../../ports/documents.js'
import type { RemovedDuplicates, SearchBound, SharedKey } from '../../ports/operations.js'
import { keyOf, simple } from './documentKey.js'
import { idHex, idHexOf } from './idHex.js'
import { inOrder } from './inOrder.js'
import {
  documentsOf,
  sharingGroups,
  surplusOf,
  type SharingGroup,
  type Surplus,
} from './sharingGroups.js'

/** What counts as written. */
const durable = { w: 'majority', j: true } as const

/** Bytes of documents that go to the server again, to be compared, in one command. */
const together = 8 * 1024 ** 2

/**
 * Removes all but the first, by `_id`, of documents that have the same values in some fields: those that were seen, and are in every byte what they were. The
 * server compares each once more as it removes it. Throws the signal's reason.
 */
export async function removeSharedKey(
  client: MongoClient,
  { database, collection }: Namespace,
  fields: readonly string[],
  { wasSeen }: Pick<SharedKey, 'wasSeen'>,
  watch: SearchBound & { readonly signal: AbortSignal; readonly removed: (count: number) => void },
): Promise<RemovedDuplicates> {
  const documents = client.db(database).collection(collection)
  const { signal } = watch
  let groups = 0
  let removed = 0
  const counted = async function* (): AsyncGenerator<SharingGroup> {
    for await (const group of sharingGroups(documents, fields, watch)) {
      groups++
      yield group
    }
  }
  const remove = async (going: readonly Uint8Array[]) => {
    if (going.length === 0) return
    signal.throwIfAborted()
    const options = { ordered: false, writeConcern: durable }
    removed += (await documents.bulkWrite(going.map(asItIs), options)).deletedCount
    watch.removed(removed)
  }
  for await (const part of surplusOf(counted())) {
    signal.throwIfAborted()
    const kept = await stillThere(documents, part, fields)
    const wanted = part.filter(({ group }) => kept.has(idHex(group.first)))
    let going: Uint8Array[] = []
    let bytes = 0
    for await (const document of documentsOf(
      documents,
      wanted.map(({ id }) => id),
    )) {
      if (!wasSeen(document)) continue
      if (bytes + document.length > together) {
        await remove(going)
        going = []
        bytes = 0
      }
      going.push(document)
      bytes += document.length
    }
    await remove(going)
  }
  return { removed, groups }
}

/** Of those that are kept, the ones that are there and have their key. */
async function stillThere(
  documents: Collection,
  part: readonly Surplus[],
  fields: readonly string[],
): Promise<ReadonlySet<string>> {
  const groups = [...new Set(part.map(({ group }) => group))]
  const clauses = groups.map(({ first, key }) => ({
    _id: first,
    $expr: { $eq: [keyOf(fields), { $literal: key }] },
  }))
  const options = {
    ...simple,
    raw: true,
    projection: { _id: 1 },
    readPreference: 'primary',
  } as const
  const found = new Set<string>()
  // With `raw` the driver hands out bytes, which its types do not say.
  for await (const one of documents.find({ $or: clauses } as Document, options))
    found.add(idHexOf(one as unknown as Uint8Array))
  return found
}

function asItIs(document: Uint8Array): AnyBulkWriteOperation {
  const decoded = inOrder(document)
  const same = { $expr: { $eq: ['$$ROOT', { $literal: decoded }] } }
  return { deleteOne: { filter: { _id: decoded.get('_id'), ...same } as Document, ...simple } }
}
