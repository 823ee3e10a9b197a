import { Failure } from '../../domain/failure.js'
import type { MongoSession } from '../../ports/mongo.js'
import { isExpiring, namesOfHashes } from '../expiring.js'

/** What a database holds, collection by collection, so that two moments of it can be compared. */
export interface Fingerprint {
  /** `hash`: byte for byte, as the server hashes them; `count`: documents alone, for a user who may not ask for more. */
  readonly by: 'hash' | 'count'
  /** `database.collection` to its hash, or its number of documents; to `expires` where its documents go by themselves. */
  readonly collections: Readonly<Record<string, string>>
}

/** In place of what cannot be compared: the server removes documents of these when their time has come. */
export const expires = 'expires'

/** Takes the fingerprint of some databases; `except` is a namespace that is left out. */
export async function fingerprint(
  session: MongoSession,
  databases: readonly string[],
  except: string,
): Promise<Fingerprint> {
  const leave = (entries: readonly (readonly [string, string])[]) =>
    Object.fromEntries(entries.filter(([name]) => name !== except))
  try {
    const all: (readonly [string, string])[] = []
    for (const database of databases) {
      const { collections } = await session.hash(database)
      for (const [name, hash] of Object.entries(collections))
        all.push([`${database}.${name}`, hash])
    }
    const live = await session.namespaces(databases, 'roughly')
    const going = new Set(live.filter(isExpiring).flatMap(namesOfHashes))
    const held = all.map(([name, hash]) => [name, going.has(name) ? expires : hash] as const)
    return { by: 'hash', collections: leave(held) }
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'MONGO_UNAUTHORIZED') throw error
    const live = await session.namespaces(databases, 'exactly')
    const counts = live.map((namespace) => {
      const { database, collection, documents } = namespace
      const count = isExpiring(namespace) ? expires : documents.toString()
      return [`${database}.${collection}`, count] as const
    })
    return { by: 'count', collections: leave(counts) }
  }
}

/** Names of what is not as it was: gone, other, or new. */
export function differences(before: Fingerprint, after: Fingerprint): readonly string[] {
  const names = new Set([...Object.keys(before.collections), ...Object.keys(after.collections)])
  return [...names].filter((name) => before.collections[name] !== after.collections[name]).sort()
}
