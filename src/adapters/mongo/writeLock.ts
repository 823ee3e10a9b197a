import { MongoServerError, type Document, type MongoClient } from 'mongodb'

/**
 * What `fsyncUnlock` says without a lock: the error code IllegalOperation (mongo, src/mongo/base/error_codes.yml), or, as 6.0.5
 * does, no code at all and these words.
 */
const illegalOperation = 20
const notLocked = /when not locked/

/** Flushes, and blocks nothing. */
export async function flush(client: MongoClient): Promise<void> {
  await client.db('admin').command({ fsync: 1 })
}

/** Flushes and blocks writes; how many locks block them now. */
export async function lockWrites(client: MongoClient): Promise<number | undefined> {
  const { lockCount }: Document = await client.db('admin').command({ fsync: 1, lock: true })
  return lockCount === undefined ? undefined : Number(lockCount)
}

/** Releases one lock; false where there is none. */
export async function unlockWrites(client: MongoClient): Promise<boolean> {
  try {
    await client.db('admin').command({ fsyncUnlock: 1 })
    return true
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error
    if (error.code === illegalOperation || notLocked.test(error.message)) return false
    throw error
  }
}

/** `currentOp` has `fsyncLock: true` beside its list of operations while writes are blocked. */
export async function writesLocked(client: MongoClient): Promise<boolean> {
  const answer: Document = await client.db('admin').command({ currentOp: 1, $ownOps: true })
  return answer['fsyncLock'] === true
}
