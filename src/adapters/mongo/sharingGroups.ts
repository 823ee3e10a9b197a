import { MongoServerError, type Collection, type Document } from 'mongodb'
import { Failure } from '../../domain/failure.js'
import type { SearchBound } from '../../ports/operations.js'
import { holdingValues, keyOf, ofPrimary, simple, withValues } from './documentKey.js'
import { idHex } from './idHex.js'
import { inOrder } from './inOrder.js'

/** Documents that have the same key, by their `_id`s; each as the server sends it back. */
export interface SharingGroup {
  readonly key: unknown
  /** The smallest and the largest. */
  readonly first: unknown
  readonly last: unknown
  readonly ids: readonly unknown[]
}

/** One that would go, and the one that would be kept in its place. */
export interface Surplus {
  readonly id: unknown
  readonly group: SharingGroup
}

/** Documents that are asked for by one command. */
const together = 500

/**
 * BSONObjectTooLarge, the limit of the server's own buffers, and that of what `$push` gathers (mongo, src/mongo/base/error_codes.yml,
 * src/mongo/bson/util/builder.h, src/mongo/db/pipeline/accumulator_push.cpp).
 */
const tooLarge: ReadonlySet<unknown> = new Set([10334, 13548, 146])

/**
 * Every key that more than one document has. The server ends what takes longer than the bound. Throws `DUPLICATES_TOO_MANY` (refused) where the
 * `_id`s of those that have one key do not go into one answer of the server (16 MB).
 */
export async function* sharingGroups(
  documents: Collection,
  fields: readonly string[],
  { milliseconds, disk }: SearchBound,
): AsyncGenerator<SharingGroup> {
  const stages = [
    ...holdingValues(fields),
    {
      $group: {
        _id: keyOf(fields),
        first: { $min: '$_id' },
        last: { $max: '$_id' },
        ids: { $push: '$_id' },
      },
    },
    { $match: { 'ids.1': { $exists: true }, ...withValues(fields) } },
  ]
  const options = {
    ...simple,
    ...ofPrimary,
    raw: true,
    allowDiskUse: disk,
    maxTimeMS: milliseconds,
  }
  const cursor = documents.aggregate(stages, options)
  try {
    for await (const group of cursor) {
      // With `raw` the driver hands out bytes, which its types do not say.
      const told = inOrder(group as unknown as Uint8Array)
      yield {
        key: told.get('_id'),
        first: told.get('first'),
        last: told.get('last'),
        ids: told.get('ids') as readonly unknown[],
      }
    }
  } catch (error) {
    // What the server says quotes _ids.
    if (error instanceof MongoServerError && tooLarge.has(error.code)) throw tooMany(fields)
    throw error
  } finally {
    await cursor.close()
  }
}

/** What would go of all of them, so many at a time as one command takes. */
export async function* surplusOf(
  groups: AsyncIterable<SharingGroup>,
): AsyncGenerator<readonly Surplus[]> {
  let part: Surplus[] = []
  for await (const group of groups) {
    const kept = idHex(group.first)
    for (const id of group.ids) {
      if (idHex(id) === kept) continue
      part.push({ id, group })
      if (part.length < together) continue
      yield part
      part = []
    }
  }
  if (part.length > 0) yield part
}

/** These documents, as they are now: raw BSON. */
export async function* documentsOf(
  documents: Collection,
  ids: readonly unknown[],
): AsyncGenerator<Uint8Array> {
  const options = { ...simple, ...ofPrimary, raw: true } as const
  const cursor = documents.find({ _id: { $in: ids } } as Document, options)
  for await (const document of cursor) yield document as unknown as Uint8Array
}

function tooMany(fields: readonly string[]): Failure {
  return new Failure(
    'refused',
    'DUPLICATES_TOO_MANY',
    `nothing was removed: hundreds of thousands of documents have the same ${fields.join(', ')}, so that it is no key`,
    ['ops data duplicates DATABASE.COLLECTION --by FIELD   (how many, and which)'],
  )
}
