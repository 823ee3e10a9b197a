import { BSON, type Document, type MongoClient } from 'mongodb'
import type { Namespace } from '../../ports/documents.js'
import type { Duplicates, RemovedDuplicates } from '../../ports/operations.js'

/** By the collation of a collection, `a` may be the same as `A`. */
const simple = { collation: { locale: 'simple' } } as const

/** Keys go back to the server as they came. */
const asStored = { promoteValues: false, bsonRegExp: true } as const

/** What counts as written. */
const durable = { w: 'majority', j: true } as const

/** Kept documents that are named. */
const mostNamed = 20

/** All of a document but its `_id`. */
const rest = {
  $arrayToObject: {
    $filter: { input: { $objectToArray: '$$ROOT' }, cond: { $ne: ['$$this.k', '_id'] } },
  },
}

/**
 * Counts documents that are equal in some fields, or without fields in everything but their `_id`. One that has none of the fields is
 * equal to nothing.
 */
export async function countDuplicates(
  client: MongoClient,
  { database, collection }: Namespace,
  fields: readonly string[],
  milliseconds: number,
): Promise<Duplicates> {
  const surplus = { $sum: { $subtract: ['$count', 1] } }
  const [answer] = await client
    .db(database)
    .collection(collection)
    .aggregate(
      [
        ...withFields(fields),
        { $group: { _id: keyOf(fields), count: { $sum: 1 } } },
        { $match: { count: { $gt: 1 } } },
        { $group: { _id: null, groups: { $sum: 1 }, surplus } },
      ],
      { ...simple, allowDiskUse: true, maxTimeMS: milliseconds },
    )
    .toArray()
  return { groups: Number(answer?.['groups'] ?? 0), surplus: Number(answer?.['surplus'] ?? 0) }
}

/**
 * Removes all but the first, by `_id`, of documents that are equal. Each is removed only while it is still equal to the one that is kept,
 * and that one is still there.
 */
export async function removeDuplicates(
  client: MongoClient,
  { database, collection }: Namespace,
  fields: readonly string[],
  {
    signal,
    removed: tell,
  }: { readonly signal: AbortSignal; readonly removed: (count: number) => void },
): Promise<RemovedDuplicates> {
  const documents = client.db(database).collection(collection)
  const groups = documents.aggregate<{ _id: Document; ids: unknown[] }>(
    [
      ...withFields(fields),
      { $sort: { _id: 1 } },
      { $group: { _id: keyOf(fields), ids: { $push: '$_id' } } },
      { $match: { 'ids.1': { $exists: true } } },
    ],
    { ...simple, ...asStored, allowDiskUse: true },
  )
  let removed = 0
  let count = 0
  const kept: string[] = []
  try {
    for await (const { _id: key, ids } of groups) {
      signal.throwIfAborted()
      const [first, ...others] = ids
      const same = { $expr: equalTo(fields, key) }
      const isThere = await documents.findOne({ _id: first, ...same } as Document, {
        ...simple,
        projection: { _id: 1 },
        readPreference: 'primary',
      })
      if (!isThere) continue
      const { deletedCount } = await documents.deleteMany(
        { _id: { $in: others }, ...same } as Document,
        { ...simple, writeConcern: durable },
      )
      removed += deletedCount
      count++
      if (kept.length < mostNamed) kept.push(BSON.EJSON.stringify(first))
      tell(removed)
    }
  } finally {
    await groups.close()
  }
  return { removed, groups: count, kept }
}

function withFields(fields: readonly string[]): readonly Document[] {
  if (fields.length === 0) return []
  return [{ $match: { $or: fields.map((field) => ({ [field]: { $exists: true } })) } }]
}

function keyOf(fields: readonly string[]): Document {
  if (fields.length === 0) return rest
  return Object.fromEntries(fields.map((field, at) => [`k${at.toString()}`, `$${field}`]))
}

/** What is not there has no part in a key, and is no null. */
function equalTo(fields: readonly string[], key: Document): Document {
  if (fields.length === 0) return { $eq: [rest, { $literal: key }] }
  const equal = fields.map((field, at): Document => {
    const part = `k${at.toString()}`
    return part in key
      ? { $eq: [`$${field}`, { $literal: key[part] as unknown }] }
      : { $eq: [{ $type: `$${field}` }, 'missing'] }
  })
  return { $and: equal }
}
