import type { Document, MongoClient } from 'mongodb'
import type { Namespace } from '../../ports/documents.js'
import type { Duplicates, RemovedDuplicates, SearchBound } from '../../ports/operations.js'
import {
  holdingValues,
  isOutOfMemory,
  keyOf,
  ofPrimary,
  rest,
  simple,
  withValues,
} from './documentKey.js'

/** Keys go back to the server as they came. */
const asStored = { promoteValues: false, bsonRegExp: true } as const

/** What counts as written. */
const durable = { w: 'majority', j: true } as const

/** Milliseconds that finding them may take. */
const patience = 10 * 60_000

/** Documents that are removed by one command. */
const slice = 1000

/** An `_id` that somebody chose says what the document is of: only those that drivers make up say nothing. */
const madeUp = { $match: { _id: { $type: 'objectId' } } } as const

/**
 * Counts documents that are equal in some fields, or without fields in everything but an `_id` that a driver made up. One that has no
 * value in one of the fields (missing, null, empty), or nothing but its `_id`, is equal to nothing. Nothing where the bound does not let it.
 */
export async function countDuplicates(
  client: MongoClient,
  { database, collection }: Namespace,
  fields: readonly string[],
  { milliseconds, disk }: SearchBound,
): Promise<Duplicates | undefined> {
  const surplus = { $sum: { $subtract: ['$count', 1] } }
  const stages = [
    ...(fields.length === 0 ? [madeUp] : holdingValues(fields)),
    { $group: { _id: keyOf(fields), count: { $sum: 1 } } },
    { $match: { count: { $gt: 1 }, ...withValues(fields) } },
    { $group: { _id: null, groups: { $sum: 1 }, surplus } },
  ]
  try {
    const [answer] = await client
      .db(database)
      .collection(collection)
      .aggregate(stages, { ...simple, ...ofPrimary, allowDiskUse: disk, maxTimeMS: milliseconds })
      .toArray()
    return { groups: Number(answer?.['groups'] ?? 0), surplus: Number(answer?.['surplus'] ?? 0) }
  } catch (error) {
    if (isOutOfMemory(error)) return undefined
    throw error
  }
}

/**
 * Removes all but the first, by `_id`, of documents that are equal in everything else, and whose `_id`s a driver made up. Each is removed only while it is still equal to the one that is kept,
 * and that one is still there.
 */
export async function removeDuplicates(
  client: MongoClient,
  { database, collection }: Namespace,
  {
    signal,
    removed: tell,
  }: { readonly signal: AbortSignal; readonly removed: (count: number) => void },
): Promise<RemovedDuplicates> {
  const documents = client.db(database).collection(collection)
  const groups = documents.aggregate<{ _id: Document; ids: unknown[] }>(
    [
      madeUp,
      { $sort: { _id: 1 } },
      { $group: { _id: rest, ids: { $push: '$_id' } } },
      { $match: { _id: { $ne: {} }, 'ids.1': { $exists: true } } },
    ],
    { ...simple, ...ofPrimary, ...asStored, allowDiskUse: true, maxTimeMS: patience },
  )
  let removed = 0
  let count = 0
  try {
    for await (const { _id: key, ids } of groups) {
      signal.throwIfAborted()
      const [first, ...others] = ids
      const same = { $expr: { $eq: [rest, { $literal: key }] } }
      count++
      for (let at = 0; at < others.length; at += slice) {
        signal.throwIfAborted()
        const isThere = await documents.findOne({ _id: first, ...same } as Document, {
          ...simple,
          projection: { _id: 1 },
          readPreference: 'primary',
        })
        if (!isThere) break
        const { deletedCount } = await documents.deleteMany(
          { _id: { $in: others.slice(at, at + slice) }, ...same } as Document,
          { ...simple, writeConcern: durable },
        )
        removed += deletedCount
        tell(removed)
      }
    }
  } finally {
    await groups.close()
  }
  return { removed, groups: count }
}
