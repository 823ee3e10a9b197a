import { MongoServerError, Timestamp, type Document, type MongoClient } from 'mongodb'
import type { Optime } from '../../domain/contents.js'
import type { ReplicationTimes } from '../../ports/mongo.js'
import { isUnauthorized } from './mongoFailure.js'

/** Server error code NoReplicationEnabled (mongo, src/mongo/base/error_codes.yml). */
const noReplication = 76

/**
 * How far this member is with its own writes. `durableOpTime` of a primary is what it last wrote down as
 * `local.replset.oplogTruncateAfterPoint`, which nobody may read: it drops what its oplog has after that when it starts again.
 */
export async function replicationTimes(client: MongoClient): Promise<ReplicationTimes | undefined> {
  try {
    const { optimes }: Document = await client.db('admin').command({ replSetGetStatus: 1 })
    const at = (name: string) => optimeOf((optimes as Record<string, { ts: Timestamp }>)[name])
    return { applied: at('appliedOpTime'), journaled: at('durableOpTime') }
  } catch (error) {
    if (error instanceof MongoServerError && error.code === noReplication) return undefined
    throw error
  }
}

/** Whether the oplog has this very entry; absent where this user may not look. */
export async function hasOplogEntry(client: MongoClient, at: Optime): Promise<boolean | undefined> {
  try {
    const found = await client
      .db('local')
      .collection('oplog.rs')
      .findOne({ ts: timestampOf(at) }, { projection: { ts: 1 } })
    return found !== null
  } catch (error) {
    if (isUnauthorized(error)) return undefined
    throw error
  }
}

/** As the server has it. */
export function timestampOf({ seconds, ordinal }: Optime): Timestamp {
  return new Timestamp({ t: seconds, i: ordinal })
}

function optimeOf(entry: { readonly ts: Timestamp } | undefined): Optime {
  return { seconds: entry?.ts.t ?? 0, ordinal: entry?.ts.i ?? 0 }
}
