import type { MongoClient } from 'mongodb'
import { isUnauthorized } from './mongoFailure.js'

/** Milliseconds that the server may take over the answer. */
const patience = 60_000

/** When a server was last started as a standalone, by its own clock; `unknown` where this user may not ask. */
export type StandaloneStart = Date | 'never' | 'unknown'

/**
 * Looks into `local.startup_log`, in which every start of a server is with its options
 * (https://www.mongodb.com/docs/manual/reference/local-database/). The name of the set is `replSet` where it was given on the
 * command line, `replSetName` where it was in a file. The log is capped: of many thousand starts the oldest are gone.
 */
export async function lastStandaloneStart(client: MongoClient): Promise<StandaloneStart> {
  const withoutSet = {
    'cmdLine.replication.replSet': { $exists: false },
    'cmdLine.replication.replSetName': { $exists: false },
  }
  try {
    const [found] = await client
      .db('local')
      .collection('startup_log', { readPreference: 'primary' })
      .find(withoutSet, { projection: { startTime: 1 }, maxTimeMS: patience })
      .sort({ startTime: -1 })
      .limit(1)
      .toArray()
    if (!found) return 'never'
    const at: unknown = found['startTime']
    return at instanceof Date ? at : 'unknown'
  } catch (error) {
    if (isUnauthorized(error)) return 'unknown'
    throw error
  }
}
