import type { Db, Document } from 'mongodb'
import type { DatabaseSize } from '../../ports/mongo.js'
import { isUnauthorized } from './mongoFailure.js'

/** How large a database is. The role `backup` may not ask it as a whole, but each of its collections. */
export async function databaseSize(db: Db): Promise<DatabaseSize> {
  try {
    return sizeOf(db, await db.stats())
  } catch (error) {
    if (!isUnauthorized(error)) throw error
  }
  const collections = await db.listCollections({}, { nameOnly: true }).toArray()
  const all = collections.filter(({ type }) => type !== 'view' && type !== 'timeseries')
  const sizes = await Promise.all(all.map(({ name }) => collectionSize(db, name)))
  const total = (name: string) => sizes.reduce((sum, stats) => sum + Number(stats[name] ?? 0), 0)
  return {
    database: db.databaseName,
    dataBytes: total('size'),
    storageBytes: total('storageSize') + total('totalIndexSize'),
    documents: total('count'),
    collections: all.length,
  }
}

function sizeOf(db: Db, stats: Document): DatabaseSize {
  return {
    database: db.databaseName,
    dataBytes: Number(stats['dataSize']),
    storageBytes: Number(stats['storageSize']) + Number(stats['indexSize']),
    documents: Number(stats['objects']),
    collections: Number(stats['collections']),
  }
}

/** A collection's own numbers; none where this user may not ask. */
async function collectionSize(db: Db, name: string): Promise<Document> {
  try {
    return await db.command({ collStats: name })
  } catch (error) {
    if (isUnauthorized(error)) return {}
    throw error
  }
}
