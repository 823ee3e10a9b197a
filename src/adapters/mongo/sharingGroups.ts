import type { Collection, Document } from 'mongodb'
import type { SearchBound } from '../../ports/operations.js'
import { keyOf, simple, withValues } from './documentKey.js'
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

/** Every key that more than one document has. The server ends what takes longer than the bound. */
export async function* sharingGroups(
  documents: Collection,
  fields: readonly string[],
  { milliseconds, disk }: SearchBound,
): AsyncGenerator<SharingGroup> {
  const stages = [
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
  const options = { ...simple, raw: true, allowDiskUse: disk, maxTimeMS: milliseconds }
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
  const options = { ...simple, raw: true, readPreference: 'primary' } as const
  const cursor = documents.find({ _id: { $in: ids } } as Document, options)
  for await (const document of cursor) yield document as unknown as Uint8Array
}
