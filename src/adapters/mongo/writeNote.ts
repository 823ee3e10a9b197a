import { MongoServerError, MongoWriteConcernError, type MongoClient } from 'mongodb'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import { isUnauthorized } from './mongoFailure.js'

/** IllegalOperation, NoReplicationEnabled, CommandNotFound (mongo, src/mongo/base/error_codes.yml). */
const noOplog: ReadonlySet<unknown> = new Set([20, 76, 59])

/**
 * Writes a no-op into the oplog, durably within so many milliseconds; false where there is no oplog, or no right to do so.
 * Throws `WRITE_NOT_CONFIRMED` (timed-out).
 */
export async function writeNote(
  client: MongoClient,
  { name }: Target,
  text: string,
  patience: number,
): Promise<boolean> {
  try {
    await client.db('admin').command({
      appendOplogNote: 1,
      data: { msg: text },
      writeConcern: { w: 'majority', j: true, wtimeout: Math.max(1, Math.round(patience)) },
    })
    return true
  } catch (error) {
    if (isUnauthorized(error)) return false
    if (error instanceof MongoWriteConcernError) throw unconfirmed(name, error)
    if (error instanceof MongoServerError && noOplog.has(error.code)) return false
    throw error
  }
}

function unconfirmed(name: string, cause: Error): Failure {
  return new Failure(
    'timed-out',
    'WRITE_NOT_CONFIRMED',
    `the server of "${name}" took a write, but no majority of its set confirmed it: are enough members up?`,
    ['mongosh --eval "rs.status()"', 'ops doctor'],
    { cause },
  )
}
