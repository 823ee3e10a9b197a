import { MongoServerError, type Document, type MongoClient } from 'mongodb'
import type {
  LongOperation,
  ServerPressure,
  ServerVitals,
  SetMember,
} from '../../ports/serverVitals.js'
import { replicaSetConfig } from './replicaSetConfig.js'
import { certificateOf } from './shownCertificate.js'

/** Server error codes NoReplicationEnabled and NamespaceNotFound (mongo, src/mongo/base/error_codes.yml). */
const [noReplication, notThere, ofView] = [76, 26, 166]

/** Milliseconds that the server may take over one answer. */
const patience = 5_000

/** How a server is, over a connected client; `asking` turns what the driver throws into failures. */
export function vitalsOf(
  client: MongoClient,
  asking: <Answer>(call: () => Promise<Answer>) => Promise<Answer>,
): ServerVitals {
  const admin = client.db('admin')
  return {
    pressure: () =>
      asking(async () => {
        const status: Document = await admin.command({
          serverStatus: 1,
          repl: 0,
          metrics: 0,
          tcmalloc: 0,
          locks: 0,
          maxTimeMS: patience,
        })
        return pressureOf(status)
      }),

    longOperations: (seconds) =>
      asking(async () => {
        const running = await admin
          .aggregate(longPipeline(seconds), { maxTimeMS: patience })
          .toArray()
        return running.map(operationOf)
      }),

    members: () =>
      asking(async () => {
        try {
          const status: Document = await admin.command({ replSetGetStatus: 1, maxTimeMS: patience })
          const found = (status['members'] as readonly Document[]).map(memberOf)
          // Of one alone there is nobody to be behind.
          if (found.length < 2) return found
          const delays = await delaysOf(client)
          return found.map((member) => {
            const delaySeconds = delays.get(member.name)
            return delaySeconds === undefined ? member : { ...member, delaySeconds }
          })
        } catch (error) {
          if (error instanceof MongoServerError && error.code === noReplication) return undefined
          throw error
        }
      }),

    indexes: (database, collection) =>
      asking(async () => {
        try {
          const found = await client.db(database).collection(collection).listIndexes().toArray()
          return found.map(({ name, key, ...options }: Document) => ({
            name: String(name),
            key: key as Readonly<Record<string, unknown>>,
            options,
          }))
        } catch (error) {
          const isNone =
            error instanceof MongoServerError && [notThere, ofView].includes(Number(error.code))
          if (isNone) return []
          throw error
        }
      }),

    certificate: () => Promise.resolve(certificateOf(client)),
  }
}

/** Sections of `serverStatus`: connections and wiredTiger.cache (MongoDB manual). */
function pressureOf(status: Document): ServerPressure {
  const connections = status['connections'] as Document
  const cache = (status['wiredTiger'] as Document | undefined)?.['cache'] as Document | undefined
  return {
    connections: {
      current: Number(connections['current']),
      available: Number(connections['available']),
    },
    ...(cache
      ? {
          cache: {
            maximumBytes: Number(cache['maximum bytes configured']),
            usedBytes: Number(cache['bytes currently in the cache']),
            dirtyBytes: Number(cache['tracked dirty bytes in the cache']),
          },
        }
      : {}),
  }
}

/**
 * Operations that clients wait for. Left out: `hello` and cursors that wait for something to happen (`tailable`, change streams,
 * which hold a getMore open), members of the set, and what ops itself asks. Of a command not a value is handed out.
 */
function longPipeline(seconds: number): Document[] {
  return [
    { $currentOp: { allUsers: true, idleConnections: false, localOps: true } },
    {
      $match: {
        active: true,
        microsecs_running: { $gte: seconds * 1_000_000 },
        client: { $exists: true },
        appName: { $ne: 'ops' },
        'effectiveUsers.user': { $ne: '__system' },
        'command.hello': { $exists: false },
        'command.isMaster': { $exists: false },
        'command.ismaster': { $exists: false },
        'cursor.tailable': { $ne: true },
        'cursor.originatingCommand.pipeline.0.$changeStream': { $exists: false },
      },
    },
    { $sort: { microsecs_running: -1 } },
    { $limit: 50 },
    { $project: { _id: 0, opid: 1, op: 1, ns: 1, microsecs_running: 1 } },
  ]
}

function operationOf(operation: Document): LongOperation {
  return {
    id: String(operation['opid']),
    kind: String(operation['op']),
    namespace: String(operation['ns'] ?? ''),
    seconds: Math.round(Number(operation['microsecs_running']) / 1_000_000),
  }
}

/** Which members are to stay behind, and by how many seconds; none where this user, or this server, does not tell. */
async function delaysOf(client: MongoClient): Promise<ReadonlyMap<string, number>> {
  try {
    return (await replicaSetConfig(client)).delays
  } catch (error) {
    if (error instanceof MongoServerError) return new Map()
    throw error
  }
}

function memberOf(member: Document): SetMember {
  const written: unknown = member['optimeDate']
  return {
    name: String(member['name']),
    state: String(member['stateStr']),
    reachable: Number(member['health']) === 1,
    // 1970: a member that never wrote anything, or cannot be asked.
    ...(written instanceof Date && written.getTime() > 0
      ? { writtenAt: written.toISOString() }
      : {}),
  }
}
