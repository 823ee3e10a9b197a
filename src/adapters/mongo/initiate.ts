import { MongoServerError, type Document, type MongoClient } from 'mongodb'

/** AlreadyInitialized (mongo, src/mongo/base/error_codes.yml): the stack's own script was quicker. */
const alreadyInitiated = 23

/**
 * Makes a replica set of one member; false where the server has one already, or was not started for one. A server that is given no
 * name of its own takes the one that it finds.
 */
export async function initiate(
  client: MongoClient,
  set: string,
  host: string | undefined,
): Promise<boolean> {
  const admin = client.db('admin')
  const hello: Document = await admin.command({ hello: 1 })
  // A member of no set yet says this, and no name.
  if (hello['setName'] !== undefined || hello['isreplicaset'] !== true) return false
  const configuration = host === undefined ? {} : { _id: set, members: [{ _id: 0, host }] }
  try {
    await admin.command({ replSetInitiate: configuration })
    return true
  } catch (error) {
    if (error instanceof MongoServerError && error.code === alreadyInitiated) return false
    throw error
  }
}
