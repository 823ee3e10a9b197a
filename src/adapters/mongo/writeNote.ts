import { MongoServerError, type MongoClient } from 'mongodb'
import { isUnauthorized } from './mongoFailure.js'

/** IllegalOperation, NoReplicationEnabled, CommandNotFound (mongo, src/mongo/base/error_codes.yml). */
const noOplog: ReadonlySet<unknown> = new Set([20, 76, 59])

/** Writes a no-op into the oplog, durably; false where there is no oplog, or no right to do so. */
export async function writeNote(client: MongoClient, text: string): Promise<boolean> {
  try {
    await client.db('admin').command({
      appendOplogNote: 1,
      data: { msg: text },
      writeConcern: { w: 'majority', j: true },
    })
    return true
  } catch (error) {
    if (isUnauthorized(error)) return false
    if (error instanceof MongoServerError && noOplog.has(error.code)) return false
    throw error
  }
}
