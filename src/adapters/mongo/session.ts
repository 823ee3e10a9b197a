import type { Document, MongoClient, Timestamp } from 'mongodb'
import type { Target } from '../../domain/target.js'
import type { MongoSession, ServerFacts } from '../../ports/mongo.js'
import { liveNamespaces } from './liveNamespaces.js'
import { mongoFailure } from './mongoFailure.js'
import { missingPrivileges } from './privileges.js'

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
      asking(() =>
        Promise.all(
          databases.map(async (database) => {
            const stats = await client.db(database).stats()
            return {
              database,
              dataBytes: Number(stats['dataSize']),
              storageBytes: Number(stats['storageSize']),
              documents: Number(stats['objects']),
              collections: Number(stats['collections']),
            }
          }),
        ),
      ),

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
        await client.db(database).dropDatabase()
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

async function serverFacts(client: MongoClient): Promise<ServerFacts> {
  const admin = client.db('admin')
  const [hello, status]: [Document, Document] = await Promise.all([
    admin.command({ hello: 1 }),
    admin.command({ serverStatus: 1, repl: 0, metrics: 0, wiredTiger: 0, tcmalloc: 0 }),
  ])
  const replicaSet = hello['setName'] as string | undefined
  const localTime: unknown = status['localTime']
  return {
    version: String(status['version']),
    primary: hello['isWritablePrimary'] === true,
    host: String(status['host']),
    uptime: Number(status['uptimeMillis']),
    connections: Number((status['connections'] as Document)['current']),
    ...(replicaSet === undefined ? {} : { replicaSet }),
    ...(localTime instanceof Date ? { localTime: localTime.toISOString() } : {}),
  }
}
