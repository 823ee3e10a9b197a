import type { MongoClient, Timestamp } from 'mongodb'
import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import { liveNamespaces } from './liveNamespaces.js'
import { databaseSize } from './databaseSize.js'
import { isUnauthorized, mongoFailure } from './mongoFailure.js'
import { missingPrivileges } from './privileges.js'
import { serverFacts } from './serverFacts.js'

/** Databases that are the server's own. */
const ownDatabases = new Set(['admin', 'config', 'local'])

/** A session over a connected client; `close` ends the client and the way to it. */
export function openSession(
  client: MongoClient,
  target: Target,
  close: () => Promise<void>,
): MongoSession {
  const asking = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await call()
    } catch (error) {
      throw mongoFailure(target, error)
    }
  }
  const admin = client.db('admin')

  return {
    server: () => asking(() => serverFacts(client)),

    databases: () =>
      asking(async () => {
        const { databases } = await admin.admin().listDatabases({ nameOnly: true })
        return databases.map(({ name }) => name).filter((name) => !ownDatabases.has(name))
      }),

    sizes: (databases) =>
      asking(() => Promise.all(databases.map((database) => databaseSize(client.db(database))))),

    namespaces: (databases, count) => asking(() => liveNamespaces(client, databases, count)),

    hash: (database) =>
      asking(async () => {
        const answer = await client.db(database).command({ dbHash: 1 })
        return {
          md5: String(answer['md5']),
          collections: answer['collections'] as Record<string, string>,
        }
      }),

    dropCollection: (database, collection) =>
      asking(async () => {
        await client.db(database).dropCollection(collection)
      }),

    dropDatabase: (database) =>
      asking(async () => {
        try {
          await client.db(database).dropDatabase()
        } catch (error) {
          // The role `restore` may drop every collection, but not their database: without any it is gone as well.
          if (!isUnauthorized(error)) throw error
          for (const { name } of await client.db(database).listCollections().toArray()) {
            if (!name.startsWith('system.')) await client.db(database).dropCollection(name)
          }
        }
      }),

    privileges: (databases) => asking(() => missingPrivileges(client, databases)),

    lastOptime: () =>
      asking(async () => {
        const [newest] = await client
          .db('local')
          .collection('oplog.rs')
          .find({}, { projection: { ts: 1 } })
          .sort({ $natural: -1 })
          .limit(1)
          .toArray()
        const at = newest?.['ts'] as Timestamp | undefined
        return at && { seconds: at.t, ordinal: at.i }
      }),

    close,
  }
}
