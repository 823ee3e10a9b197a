import { BSON, type Db, type Document } from 'mongodb'

/** What the server states of an index by itself. */
const ofTheServer: ReadonlySet<string> = new Set(['v', 'ns'])

/**
 * Builds indexes by one command, which reads the collection once for all of them. As mongorestore does, the version and,
 * of old servers, the namespace are left to the server (mongo-tools, mongorestore/restore.go).
 */
export async function buildIndexes(
  db: Db,
  collection: string,
  definitions: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const indexes = definitions.map((definition) => {
    const wanted = Object.entries(definition).filter(([name]) => !ofTheServer.has(name))
    return BSON.EJSON.deserialize(Object.fromEntries(wanted), { relaxed: false }) as Document
  })
  await db.command({ createIndexes: collection, indexes, writeConcern: { w: 'majority' } })
}
