import { MongoServerError, type Db, type Document, type MongoClient } from 'mongodb'
import { replicaSetConfig } from './replicaSetConfig.js'

/**
 * Members of the replica set as configured, hidden ones too; absent on a standalone, for who may not ask, and on servers that
 * do not know the question (a router, a hosted one): whatever a server answers, it is no reason to give anything up.
 */
export async function configuredMembers(client: MongoClient): Promise<number | undefined> {
  try {
    return (await replicaSetConfig(client)).members.length
  } catch (error) {
    if (error instanceof MongoServerError) return undefined
    throw error
  }
}

/**
 * Resolves when everything written so far is in the journals of a majority. A command that changes nothing waits, by its
 * write concern, for the newest write of the server (mongo, jstests/replsets/noop_writes_wait_for_write_concern.js: also
 * `createIndexes` of what is there); this one needs no right that a restore does not need.
 */
export async function awaitDurable(db: Db, collection: string): Promise<void> {
  await db.command({
    createIndexes: collection,
    indexes: [{ key: { _id: 1 }, name: '_id_' }],
    writeConcern: { w: 'majority', j: true },
  })
}

/**
 * What tells the server's process from the one after a restart: `topologyVersion.processId`, made anew whenever a mongod
 * starts (specification "Server Discovery And Monitoring"). Absent before MongoDB 4.4.
 */
export async function processIdOf(client: MongoClient): Promise<string | undefined> {
  const hello: Document = await client.db('admin').command({ hello: 1 })
  const { processId } = (hello['topologyVersion'] ?? {}) as {
    processId?: { toHexString(): string }
  }
  return processId?.toHexString()
}
