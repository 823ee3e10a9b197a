import type { Db, MongoClient } from 'mongodb'
import type { IndexDefinition, NamespaceType } from '../../domain/contents.js'
import type { LiveNamespace } from '../../ports/mongo.js'

/** Every collection, view and time-series of these databases; what the server keeps for itself (`system.*`) is left
 * out, but for `system.js`, which holds functions of the operator's. */
export async function liveNamespaces(
  client: MongoClient,
  databases: readonly string[],
  count: 'exactly' | 'roughly',
): Promise<readonly LiveNamespace[]> {
  const found: LiveNamespace[] = []
  for (const database of databases) {
    const db = client.db(database)
    const listed = await db.listCollections({}, { nameOnly: false }).toArray()
    for (const { name, type } of listed) {
      if (name.startsWith('system.') && name !== 'system.js') continue
      found.push(await liveNamespace(db, name, type as NamespaceType, count))
    }
  }
  return found.toSorted((one, other) => nameOf(one).localeCompare(nameOf(other)))
}

async function liveNamespace(
  db: Db,
  collection: string,
  type: NamespaceType,
  count: 'exactly' | 'roughly',
): Promise<LiveNamespace> {
  if (type === 'view')
    return { database: db.databaseName, collection, type, documents: 0, indexes: [] }
  // A time-series keeps its documents in buckets, which is what an archive holds of it.
  const stored = db.collection(type === 'timeseries' ? `system.buckets.${collection}` : collection)
  return {
    database: db.databaseName,
    collection,
    type,
    documents:
      count === 'exactly' ? await stored.countDocuments({}) : await stored.estimatedDocumentCount(),
    indexes: await indexesOf(db, collection),
  }
}

async function indexesOf(db: Db, collection: string): Promise<readonly IndexDefinition[]> {
  const indexes = await db.collection(collection).listIndexes().toArray()
  return indexes.map((index) => {
    const { name, key, ...rest } = index as Record<string, unknown>
    // The version of the index and, on old servers, its namespace say nothing about what it indexes.
    const options = Object.fromEntries(
      Object.entries(rest).filter(([option]) => option !== 'v' && option !== 'ns'),
    )
    return { name: String(name), key: key as Record<string, unknown>, options }
  })
}

function nameOf({ database, collection }: LiveNamespace): string {
  return `${database}.${collection}`
}
