import { bucketsPrefix } from '../../domain/buckets.js'
import { BSON, type Db, type Document } from 'mongodb'

/**
 * Makes a view as its document in `system.views` has it, in place of one of that name; without a document, there is none
 * afterwards. A time-series is a view that only the server makes, of buckets that must be there: dropping it would drop
 * them too, so that one that is there stays.
 */
export async function putView(
  db: Db,
  view: string,
  definition: Uint8Array | undefined,
): Promise<void> {
  const there = await found(db, view)
  if (!definition) {
    // A collection may have been made in its place.
    if (there && there.type !== 'collection') await db.dropCollection(view)
    return
  }
  // Values stay as they are: a pipeline may tell numbers of 32 bits from those of 64.
  const asStored = { promoteValues: false, bsonRegExp: true }
  const stored = BSON.deserialize(definition, asStored)
  const viewOn = String(stored['viewOn'])
  if (viewOn.startsWith(bucketsPrefix)) {
    const buckets = await found(db, viewOn)
    if (there || !buckets) return
    await create(db, view, buckets.options, ['timeseries', 'expireAfterSeconds'])
    return
  }
  if (there) await db.dropCollection(view)
  await create(db, view, stored, ['viewOn', 'pipeline', 'collation'])
}

async function found(
  db: Db,
  name: string,
): Promise<{ readonly type: string; readonly options: Document } | undefined> {
  const [one] = await db.listCollections({ name }, { nameOnly: false }).toArray()
  return one && { type: one.type ?? 'collection', options: one.options ?? {} }
}

/** Creates it with those of the options that are wanted. */
async function create(
  db: Db,
  name: string,
  options: Document,
  wanted: readonly string[],
): Promise<void> {
  const kept = Object.entries(options).filter(([option]) => wanted.includes(option))
  await db.command({ create: name, ...Object.fromEntries(kept) })
}
