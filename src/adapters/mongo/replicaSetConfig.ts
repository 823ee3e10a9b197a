import type { Document, MongoClient } from 'mongodb'

/** What a replica set was configured to be. */
export interface ReplicaSetConfig {
  /** Host and port of every member, hidden ones and arbiters too. */
  readonly members: readonly string[]
  /** The id that a set keeps from its initiation on, in hexadecimal. */
  readonly id?: string
}

/**
 * Asks a server for the configuration of its set. Throws what it answers (`MongoServerError`) where it is in none, does not
 * know the question (a router, a hosted one), or this user may not ask.
 */
export async function replicaSetConfig(client: MongoClient): Promise<ReplicaSetConfig> {
  const { config }: Document = await client.db('admin').command({ replSetGetConfig: 1 })
  const { members, settings } = config as {
    members: readonly { host: string }[]
    settings?: { replicaSetId?: { toHexString(): string } }
  }
  const id = settings?.replicaSetId?.toHexString()
  return { members: members.map(({ host }) => host), ...(id === undefined ? {} : { id }) }
}
