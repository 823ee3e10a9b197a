import {
  MongoServerError,
  type AnyBulkWriteOperation,
  type Collection,
  type Document,
  type MongoClient,
} from 'mongodb'
import type { Namespace } from '../../ports/documents.js'
import type { RemovedDuplicates, SearchBound, SharedKey } from '../../ports/operations.js'
import { keyOf, simple } from './documentKey.js'
import { idHex, idHexOf } from './idHex.js'
import { inOrder } from './inOrder.js'
import { documentsOf, sharingGroups, surplusOf, type SharingGroup } from './sharingGroups.js'

/** What counts as written. */
const durable = { w: 'majority', j: true } as const

/** Bytes of documents that go to the server again, to be compared, in one command. */
const together = 8 * 1024 ** 2

/** Bytes of a document that goes into one message (16 MB) with its key, which may be nearly all of it. */
const comparable = 7 * 1024 ** 2

/** DuplicateKey (mongo, src/mongo/base/error_codes.yml). */
const thereAlready = 11000

/** A document that would go, as it was read. */
interface Going {
  readonly document: Uint8Array
  readonly group: SharingGroup
}

/**
 * Removes all but the first, by `_id`, of documents that have the same values in some fields: those that were seen, and are in every byte what they were, as
 * is the one that is kept. The server compares each once more, with its key, as it removes it. Throws the signal's reason.
 */
export async function removeSharedKey(
  client: MongoClient,
  { database, collection }: Namespace,
  fields: readonly string[],
  { wasSeen, wasKept }: Pick<SharedKey, 'wasSeen' | 'wasKept'>,
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
  /** Those whose kept one is there, as it was seen. */
  const withKept = async (going: readonly Going[]): Promise<readonly Going[]> => {
    const kept = new Map(going.map(({ group }) => [idHex(group.first), group.first]))
    const there = new Set<string>()
    for await (const document of documentsOf(documents, [...kept.values()]))
      if (wasKept(document)) there.add(idHexOf(document))
    return going.filter(({ group }) => there.has(idHex(group.first)))
  }
  const remove = async (all: readonly Going[]) => {
    signal.throwIfAborted()
    const going = await withKept(all)
    if (going.length === 0) return
    const options = { ordered: false, writeConcern: durable }
    const asked = going.map((one) => asItIs(one, fields))
    removed += (await documents.bulkWrite(asked, options)).deletedCount
    // Somebody may have removed the kept one in that very moment: then one of each would be none of each.
    const still = new Set(await withKept(going))
    removed -= await putBack(
      documents,
      going.filter((one) => !still.has(one)),
    )
    watch.removed(removed)
  }
  for await (const part of surplusOf(counted())) {
    signal.throwIfAborted()
    const groupOf = new Map(part.map(({ id, group }) => [idHex(id), group]))
    let going: Going[] = []
    let bytes = 0
    for await (const document of documentsOf(
      documents,
      part.map(({ id }) => id),
    )) {
      const group = groupOf.get(idHexOf(document))
      if (!group || document.length > comparable || !wasSeen(document)) continue
      if (bytes + document.length > together) {
        await remove(going)
        going = []
        bytes = 0
      }
      going.push({ document, group })
      bytes += document.length
    }
    await remove(going)
  }
  return { removed, groups }
}

function asItIs({ document, group }: Going, fields: readonly string[]): AnyBulkWriteOperation {
  const decoded = inOrder(document)
  const same = { $eq: ['$$ROOT', { $literal: decoded }] }
  const shares = { $eq: [keyOf(fields), { $literal: group.key }] }
  const filter = { _id: decoded.get('_id'), $expr: { $and: [same, shares] } } as Document
  return { deleteOne: { filter, ...simple } }
}

/** Puts documents back that are not there; says how many that were. */
async function putBack(documents: Collection, gone: readonly Going[]): Promise<number> {
  let count = 0
  for (const { document } of gone)
    try {
      // The driver must not look for an `_id` of its own in a Map.
      const options = { forceServerObjectId: true, writeConcern: durable }
      await documents.insertOne(inOrder(document), options)
      count++
    } catch (error) {
      if (!(error instanceof MongoServerError && error.code === thereAlready)) throw error
    }
  return count
}
