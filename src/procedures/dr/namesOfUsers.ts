import { createHash } from 'node:crypto'
import { Failure } from '../../domain/failure.js'
import type { MongoSession } from '../../ports/mongo.js'

/**
 * Users (`user@database`) by what an oplog says of them: the SHA-256 of that name, in hexadecimal digits. Nothing where this user
 * may not ask.
 */
export async function namesOfUsers(
  session: Pick<MongoSession, 'users'>,
): Promise<ReadonlyMap<string, string>> {
  try {
    const users = (await session.users()).map(({ user, database }) => `${user}@${database}`)
    return new Map(users.map((name) => [createHash('sha256').update(name).digest('hex'), name]))
  } catch (error) {
    if (error instanceof Failure) return new Map()
    throw error
  }
}
