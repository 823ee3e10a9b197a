import { BSON, type Db, type Document, type MongoClient } from 'mongodb'
import { plainNumber } from '../../archive/metadata.js'
import type { IndexDefinition, NamespaceType } from '../../domain/contents.js'
import { bucketsPrefix, storedName } from '../../domain/buckets.js'
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
    for (const { name, type, options } of listed) {
      if (name.startsWith('system.') && name !== 'system.js') continue
      const live = await liveNamespace(db, name, type as NamespaceType, count)
      found.push({ ...live, options: plain(options) })
    }
  }
  return found.toSorted((one, other) => nameOf(one).localeCompare(nameOf(other)))
}

/** Buckets whose time-series is not there. */
export async function strayBuckets(
  client: MongoClient,
  databases: readonly string[],
): Promise<readonly Pick<LiveNamespace, 'database' | 'collection' | 'documents'>[]> {
  const found: Pick<LiveNamespace, 'database' | 'collection' | 'documents'>[] = []
  for (const database of databases) {
    const db = client.db(database)
    const listed = await db.listCollections({}, { nameOnly: true }).toArray()
    const names = new Set(listed.map(({ name }) => name))
    for (const collection of names) {
      if (!collection.startsWith(bucketsPrefix)) continue
      if (names.has(collection.slice(bucketsPrefix.length))) continue
      const documents = await db.collection(collection).estimatedDocumentCount()
      found.push({ database, collection, documents })
    }
  }
  return found
}

async function liveNamespace(
  db: Db,
  collection: string,
  type: NamespaceType,
  count: 'exactly' | 'roughly',
): Promise<LiveNamespace> {
  if (type === 'view')
    return { database: db.databaseName, collection, type, documents: 0, indexes: [] }
  const stored = db.collection(storedName(collection, type))
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

/** As the metadata of an archive have them, so that the two can be held against each other. */
function plain(options: Document | undefined): Readonly<Record<string, unknown>> {
  const text = BSON.EJSON.stringify(options ?? {}, { relaxed: false })
  return JSON.parse(text, plainNumber) as Record<string, unknown>
}

function nameOf({ database, collection }: LiveNamespace): string {
  return `${database}.${collection}`
}
