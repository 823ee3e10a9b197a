import { MongoServerError, type Document, type MongoClient } from 'mongodb'
import { isPlainIndex } from '../../domain/plainIndex.js'
import type { Target } from '../../domain/target.js'
import type { Namespace } from '../../ports/documents.js'
import type { Operations, OperationsSession } from '../../ports/operations.js'
import type { Space } from '../../ports/premises.js'
import { countDuplicates, removeDuplicates } from './duplicates.js'
import { connectedClient, type MongoWorld } from './mongo.js'
import { isUnauthorized, mongoFailure } from './mongoFailure.js'
import { removeSharedKey } from './removeSharedKey.js'
import { runningOperation } from './runningOperation.js'
import { lockTakersIn, slowQueriesIn } from './serverLog.js'
import { lookAtSharedKey } from './sharedKey.js'

/** IndexNotFound, NamespaceNotFound (mongo, src/mongo/base/error_codes.yml). */
const notThere: ReadonlySet<unknown> = new Set([27, 26])

/** Milliseconds that looking for one document with a field may take. */
const fieldPatience = 5_000

/** What counts as built. */
const durable = { w: 'majority', j: true } as const

/** What targets' servers are doing, over connections of its own. */
export function operationsAdapter(world: MongoWorld): Operations {
  return {
    async connect(target, signal) {
      const { client, close } = await connectedClient(target, world, signal)
      return sessionOver(client, target, close)
    },
  }
}

function sessionOver(
  client: MongoClient,
  target: Target,
  close: () => Promise<void>,
): OperationsSession {
  const admin = client.db('admin')
  const asking = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await call()
    } catch (error) {
      throw mongoFailure(target, error)
    }
  }
  const current = (idle: boolean) =>
    admin.aggregate([{ $currentOp: { allUsers: true, idleConnections: idle } }]).toArray()
  const log = async () =>
    ((await admin.command({ getLog: 'global' }))['log'] as readonly unknown[]).map(String)

  return {
    running: () =>
      asking(async () => (await current(false)).flatMap((one) => runningOperation(one) ?? [])),

    slowQueries: (seconds) =>
      asking(async () => {
        const { localTime } = (await admin.command({ hello: 1 })) as { localTime?: unknown }
        const now = localTime instanceof Date ? localTime.getTime() : Infinity
        return slowQueriesIn(await log(), now - seconds * 1000)
      }),

    lockTaker: () =>
      asking(async () => {
        const found = lockTakersIn(await log())
        const connection = found?.connections.at(-1)
        if (!found || connection === undefined) return undefined
        const all = await current(true)
        const open = all.some((one) => found.connections.includes(Number(one['connectionId'])))
        return { connection, at: found.at, open }
      }),

    space: () => asking(() => spaceOf(client, target)),

    cacheBytes: () => asking(() => cacheBytes(client)),

    wantsIndex: (namespace, field) => asking(() => wantsIndex(client, namespace, field)),

    duplicates: (namespace, fields, bound) =>
      asking(() => countDuplicates(client, namespace, fields, bound)),

    documentBytes: ({ database, collection }) =>
      asking(async () => {
        const stats: Document = await client.db(database).command({ collStats: collection })
        return Number(stats['size'] ?? 0)
      }),

    removeDuplicates: (namespace, watch) =>
      asking(() => removeDuplicates(client, namespace, watch)),

    sharedKey: (namespace, fields, bound) =>
      asking(() => lookAtSharedKey(client, namespace, fields, bound)),

    removeSharedKey: (namespace, fields, seen, watch) =>
      asking(() => removeSharedKey(client, namespace, fields, seen, watch)),

    buildIndex: ({ database, collection }, field) =>
      asking(async () => {
        const name = `${field}_1`
        const indexes = [{ name, key: { [field]: 1 } }]
        const answer: Document = await client
          .db(database)
          .command({ createIndexes: collection, indexes, writeConcern: durable })
        return Number(answer['numIndexesAfter']) > Number(answer['numIndexesBefore'])
      }),

    dropIndex: ({ database, collection }, field) =>
      asking(async () => {
        try {
          const indexes: readonly Document[] = await client
            .db(database)
            .collection(collection)
            .indexes()
          const own = indexes.find((index) => isPlainIndex(index, field))
          if (!own) return
          await client.db(database).command({ dropIndexes: collection, index: `${field}_1` })
        } catch (error) {
          if (!(error instanceof MongoServerError) || !notThere.has(error.code)) throw error
        }
      }),

    kill: (opid) =>
      asking(async () => {
        await admin.command({ killOp: 1, op: opid })
      }),

    close,
  }
}

/** Every database is told of the same disk, one that is not there of none; this user may know those of the target alone. */
async function spaceOf(client: MongoClient, { databases }: Target): Promise<Space | undefined> {
  for (const name of [...databases, 'admin']) {
    const stats: Document = await client.db(name).command({ dbStats: 1 })
    const total = Number(stats['fsTotalSize'])
    const used = Number(stats['fsUsedSize'])
    if (total > 0) return { freeBytes: Math.max(0, total - used), totalBytes: total }
  }
  return undefined
}

async function cacheBytes(client: MongoClient): Promise<number | undefined> {
  try {
    const status: Document = await client.db('admin').command({ serverStatus: 1, repl: 0 })
    const cache = (status['wiredTiger'] as Document | undefined)?.['cache'] as Document | undefined
    const most: unknown = cache?.['maximum bytes configured']
    return typeof most === 'number' ? most : undefined
  } catch (error) {
    if (isUnauthorized(error)) return undefined
    throw error
  }
}

async function wantsIndex(
  client: MongoClient,
  { database, collection }: Namespace,
  field: string,
): Promise<boolean> {
  const db = client.db(database)
  const [found] = await db.listCollections({ name: collection }).toArray()
  if (found?.type !== 'collection') return false
  const indexes: readonly Document[] = await db.collection(collection).indexes()
  if (indexes.some(({ key }) => Object.keys(key as object)[0] === field)) return false
  const one = await db
    .collection(collection)
    .findOne({ [field]: { $exists: true } }, { projection: { _id: 1 }, maxTimeMS: fieldPatience })
  return one !== null
}
