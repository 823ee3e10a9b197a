import type { Document, MongoClient } from 'mongodb'

/** What a replica set was configured to be. */
export interface ReplicaSetConfig {
  /** Host and port of every member, hidden ones and arbiters too. */
  readonly members: readonly string[]
  /** Seconds that members are to stay behind, by host and port; those without a delay are left out. */
  readonly delays: ReadonlyMap<string, number>
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
    members: readonly ConfiguredMember[]
    settings?: { replicaSetId?: { toHexString(): string } }
  }
  const id = settings?.replicaSetId?.toHexString()
  return {
    members: members.map(({ host }) => host),
    delays: new Map(members.flatMap((one) => (delayOf(one) > 0 ? [[one.host, delayOf(one)]] : []))),
    ...(id === undefined ? {} : { id }),
  }
}

/** The delay has its name since MongoDB 5.0. */
interface ConfiguredMember {
  readonly host: string
  readonly secondaryDelaySecs?: unknown
  readonly slaveDelay?: unknown
}

function delayOf({ secondaryDelaySecs, slaveDelay }: ConfiguredMember): number {
  return Number(secondaryDelaySecs ?? slaveDelay ?? 0)
}
