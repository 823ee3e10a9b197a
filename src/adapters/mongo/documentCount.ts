import { MongoServerError, type Document, type MongoClient } from 'mongodb'
import { storedName } from '../../domain/buckets.js'
import type { Optime } from '../../domain/contents.js'
import type { LiveNamespace } from '../../ports/mongo.js'
import { timestampOf } from './replicationTimes.js'

/** SnapshotTooOld, SnapshotUnavailable (mongo, src/mongo/base/error_codes.yml): also of a collection that was made anew since. */
const notKnownAnyMore: ReadonlySet<unknown> = new Set([239, 246])

/**
 * Counts one by one. The past is had from a snapshot, which a server keeps for five minutes
 * (`minSnapshotHistoryWindowInSeconds`), and which makes no write wait. Absent where it is gone.
 */
export async function countDocuments(
  client: MongoClient,
  { database, collection, type, documents }: LiveNamespace,
  at?: Optime,
): Promise<number | undefined> {
  const stored = storedName(collection, type)
  if (!at) return client.db(database).collection(stored).countDocuments({})
  try {
    const answer: Document = await client.db(database).command({
      aggregate: stored,
      pipeline: [{ $count: 'documents' }],
      cursor: {},
      readConcern: { level: 'snapshot', atClusterTime: timestampOf(at) },
    })
    const [counted] = (answer['cursor'] as { firstBatch: { documents: number }[] }).firstBatch
    // Of a collection that was dropped since, a snapshot says nothing either.
    if (!counted) return documents === 0 ? 0 : undefined
    return counted.documents
  } catch (error) {
    if (error instanceof MongoServerError && notKnownAnyMore.has(error.code)) return undefined
    throw error
  }
}
