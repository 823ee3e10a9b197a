import type { Document, MongoClient } from 'mongodb'
import type { ServerFacts } from '../../ports/mongo.js'
import { isUnauthorized } from './mongoFailure.js'

/** What a server says of itself. A user who may not ask for its status learns less, but what a backup needs. */
export async function serverFacts(client: MongoClient): Promise<ServerFacts> {
  const hello: Document = await client.db('admin').command({ hello: 1 })
  const replicaSet = hello['setName'] as string | undefined
  const localTime: unknown = hello['localTime']
  return {
    primary: hello['isWritablePrimary'] === true,
    ...(replicaSet === undefined ? {} : { replicaSet }),
    ...(localTime instanceof Date ? { localTime: localTime.toISOString() } : {}),
    ...((await statusFacts(client)) ?? (await basicFacts(client, hello))),
  }
}

async function statusFacts(client: MongoClient) {
  try {
    const status: Document = await client
      .db('admin')
      .command({ serverStatus: 1, repl: 0, metrics: 0, wiredTiger: 0, tcmalloc: 0 })
    return {
      version: String(status['version']),
      host: String(status['host']),
      uptime: Number(status['uptimeMillis']),
      connections: Number((status['connections'] as Document)['current']),
    }
  } catch (error) {
    if (isUnauthorized(error)) return undefined
    throw error
  }
}

/** From `serverStatus().metrics.commands.applyOps.total`; absent where this user may not ask, or the server does not count. */
export async function appliedOperations(client: MongoClient): Promise<number | undefined> {
  try {
    const { metrics }: { metrics?: { commands?: { applyOps?: { total?: unknown } } } } =
      await client
        .db('admin')
        .command({ serverStatus: 1, repl: 0, wiredTiger: 0, tcmalloc: 0, locks: 0 })
    const total = metrics?.commands?.applyOps?.total
    return total === undefined ? undefined : Number(total)
  } catch (error) {
    if (isUnauthorized(error)) return undefined
    throw error
  }
}

async function basicFacts(client: MongoClient, hello: Document) {
  const build: Document = await client.db('admin').command({ buildInfo: 1 })
  const member = hello['me'] as string | undefined
  return {
    version: String(build['version']),
    host: member ?? client.options.hosts[0]?.toString() ?? 'unknown',
  }
}
