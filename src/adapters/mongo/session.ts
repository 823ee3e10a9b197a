import type { Admin, MongoClient, Timestamp } from 'mongodb'
import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import { catalogueOf } from './catalogueOf.js'
import { liveNamespaces, strayBuckets } from './liveNamespaces.js'
import { databaseSize } from './databaseSize.js'
import { isUnauthorized, mongoFailure } from './mongoFailure.js'
import { buildIndexes } from './buildIndexes.js'
import { awaitDurable, configuredMembers, processIdOf } from './durable.js'
import { documentsOf } from './documents.js'
import { emptyCollection } from './emptyCollection.js'
import { missingPrivileges } from './privileges.js'
import { countDocuments } from './documentCount.js'
import { hasOplogEntry, replicationTimes } from './replicationTimes.js'
import { initiate } from './initiate.js'
import { oplogOf } from './oplog.js'
import { putSeries } from './putSeries.js'
import { putView } from './putView.js'
import { rawDocuments } from './rawDocuments.js'
import { appliedOperations, serverFacts } from './serverFacts.js'
import { storageFacts } from './storageFacts.js'
import { storedDataOf } from './storedData.js'
import { usersOf } from './usersOf.js'
import { validated } from './validated.js'
import { vitalsOf } from './vitals.js'
import { writeNote } from './writeNote.js'
import { lockMarks, standingLock } from './standingLock.js'
import { flush, lockWrites, unlockWrites, writesLocked } from './writeLock.js'

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

  return {
    oplog: oplogOf(client, target),

    stored: documentsOf(client, target),

    data: storedDataOf(client, target),
    vitals: vitalsOf(client, asking),

    server: () => asking(() => serverFacts(client)),

    initiate: (set, host) => asking(() => initiate(client, set, host)),

    databases: () => asking(() => databasesOf(client.db('admin').admin(), target)),

    sizes: (databases) =>
      asking(() => Promise.all(databases.map((database) => databaseSize(client.db(database))))),

    namespaces: (databases, count) => asking(() => liveNamespaces(client, databases, count)),

    strayBuckets: (databases) => asking(() => strayBuckets(client, databases)),

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
        if (collection === 'system.js') await emptyCollection(client.db(database), collection)
        else await client.db(database).dropCollection(collection)
      }),

    emptyCollection: (database, collection) =>
      asking(() => emptyCollection(client.db(database), collection)),

    putView: (database, view, definition) =>
      asking(() => putView(client.db(database), view, definition)),

    buildIndexes: (database, collection, definitions) =>
      asking(() => buildIndexes(client.db(database), collection, definitions)),

    putSeries: (late) => asking(() => putSeries(client.db(late.database), late)),

    catalogue: (databases) => asking(() => catalogueOf(client, databases)),

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

    async *documents(database, collection, ids) {
      try {
        yield* rawDocuments(client.db(database), collection, ids)
      } catch (error) {
        throw mongoFailure(target, error)
      }
    },

    validate: (database, collection, how) =>
      asking(() => validated(client.db(database), collection, how?.beside)),

    users: () => asking(() => usersOf(client.db('admin'))),

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

    hasOplogEntry: (at) => asking(() => hasOplogEntry(client, at)),

    replicationTimes: () => asking(() => replicationTimes(client)),

    countDocuments: (namespace, at) => asking(() => countDocuments(client, namespace, at)),

    members: () => asking(() => configuredMembers(client)),

    durable: (database, collection) => asking(() => awaitDurable(client.db(database), collection)),

    writeNote: (text, patience) => asking(() => writeNote(client, target, text, patience)),

    appliedOperations: () => asking(() => appliedOperations(client)),

    processId: () => asking(() => processIdOf(client)),

    storage: () => asking(() => storageFacts(client)),

    flush: () => asking(() => flush(client)),

    lockWrites: () => asking(() => lockWrites(client)),

    unlockWrites: () => asking(() => unlockWrites(client)),

    writesLocked: () => asking(() => writesLocked(client)),

    lockMarks: () => asking(() => lockMarks(client)),

    standingLock: () => asking(() => standingLock(client)),

    close,
  }
}

/**
 * A user who may not list databases is told, without a word, of those alone that he may read: as the list of a whole
 * server that would leave out the others. So it is taken only where it holds every database that the target names.
 */
async function databasesOf(admin: Admin, target: Target): Promise<readonly string[]> {
  const listed = async (authorizedDatabases: boolean) => {
    const { databases } = await admin.listDatabases({ nameOnly: true, authorizedDatabases })
    return databases.map(({ name }) => name).filter((name) => !ownDatabases.has(name))
  }
  try {
    return await listed(false)
  } catch (error) {
    if (!isUnauthorized(error) || target.databases.length === 0) throw error
    const readable = await listed(true)
    if (target.databases.every((name) => readable.includes(name))) return readable
    throw error
  }
}
