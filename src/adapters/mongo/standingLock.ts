import type { Document, MongoClient } from 'mongodb'
import type { StandingLock, WriteLockRecord } from '../../domain/writeLock.js'
import { processIdOf } from './durable.js'
import { isUnauthorized } from './mongoFailure.js'
import { lockTakersIn } from './serverLog.js'

/** What the thread is called that holds all locks from the first to the last (mongo, src/mongo/db/commands/fsync.cpp). */
const holderName = 'fsyncLockWorker'

/** What tells a lock that is asked for next over this client from others. */
export async function lockMarks(
  client: MongoClient,
): Promise<Pick<WriteLockRecord, 'process' | 'connection'>> {
  const process = await processIdOf(client)
  const { connectionId }: Document = await client.db('admin').command({ hello: 1 })
  return {
    ...(process === undefined ? {} : { process }),
    ...(typeof connectionId === 'number' ? { connection: connectionId } : {}),
  }
}

/** Whose locks stand, as far as this user is told. */
export async function standingLock(client: MongoClient): Promise<StandingLock> {
  const process = await processIdOf(client)
  const holder = await unlessRefused(() => holderOf(client))
  const takers = await unlessRefused(() => takersOf(client))
  return {
    ...(process === undefined ? {} : { process }),
    ...(holder === undefined ? {} : { holder }),
    ...(takers === undefined ? {} : { takers }),
  }
}

/** A new thread for every row of locks, and so another operation: its number is never used again by that process. */
async function holderOf(client: MongoClient): Promise<number | undefined> {
  const [worker] = await client
    .db('admin')
    .aggregate([
      { $currentOp: { allUsers: true, idleConnections: true } },
      { $match: { desc: holderName } },
    ])
    .toArray()
  const opid: unknown = worker?.['opid']
  return typeof opid === 'number' ? opid : undefined
}

async function takersOf(client: MongoClient): Promise<readonly number[] | undefined> {
  const answer: Document = await client.db('admin').command({ getLog: 'global' })
  return lockTakersIn((answer['log'] as readonly unknown[]).map(String))?.connections
}

async function unlessRefused<Answer>(
  ask: () => Promise<Answer | undefined>,
): Promise<Answer | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (isUnauthorized(error)) return undefined
    throw error
  }
}
