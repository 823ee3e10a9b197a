import type { Target } from '../../domain/target.js'
import { connectedClient, type MongoWorld } from './mongo.js'
import { mongoFailure } from './mongoFailure.js'

/** More would only make the drill longer. */
const most = 10_000

/**
 * Deletes documents of the largest collection of some databases by one `deleteMany`, as somebody does by mistake, for a drill. A
 * view, a time-series and a collection whose documents expire are not touched: of that one nobody could say what is missing. Throws what connecting and deleting throw.
 */
export async function massDeletion(
  target: Target,
  { databases, except }: { readonly databases: readonly string[]; readonly except: string },
  world: MongoWorld,
  signal: AbortSignal,
): Promise<{ readonly namespace: string; readonly documents: number }> {
  const { client, close } = await connectedClient(target, world, signal)
  try {
    let largest = { database: '', collection: '', documents: -1 }
    for (const database of databases) {
      const whole = { nameOnly: false } as const
      const listed = await client
        .db(database)
        .listCollections({ type: 'collection' }, whole)
        .toArray()
      for (const { name, options = {} } of listed) {
        if (name.startsWith('system.') || `${database}.${name}` === except) continue
        const indexes = await client.db(database).collection(name).indexes()
        if ([options, ...indexes].some((one) => 'expireAfterSeconds' in one)) continue
        const documents = await client.db(database).collection(name).estimatedDocumentCount()
        if (documents > largest.documents) largest = { database, collection: name, documents }
      }
    }
    const { database, collection } = largest
    if (largest.documents < 1) return { namespace: '', documents: 0 }
    const documents = client.db(database).collection(collection)
    const ids = await documents
      .find({}, { projection: { _id: 1 } })
      .limit(most)
      .toArray()
    const { deletedCount } = await documents.deleteMany(
      { _id: { $in: ids.map(({ _id: id }) => id as never) } },
      { writeConcern: { w: 'majority', journal: true } },
    )
    return { namespace: `${database}.${collection}`, documents: deletedCount }
  } catch (error) {
    throw mongoFailure(target, error)
  } finally {
    await close().catch(() => undefined)
  }
}
