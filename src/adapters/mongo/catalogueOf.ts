import type { MongoClient } from 'mongodb'
import { catalogueEntry, isCatalogued } from '../../archive/catalogue/definition.js'
import type { Catalogue, CatalogueEntry } from '../../domain/catalogue.js'
import type { NamespaceType } from '../../domain/contents.js'

/** Numbers keep their types, and regular expressions what JavaScript has no word for. */
const asStored = { promoteValues: false, bsonRegExp: true }

/** What the server defines in these databases, asked of it. */
export async function catalogueOf(
  client: MongoClient,
  databases: readonly string[],
): Promise<Catalogue> {
  const entries: [string, CatalogueEntry][] = []
  for (const database of databases) {
    const db = client.db(database)
    const listed = await db.listCollections({}, { nameOnly: false, ...asStored }).toArray()
    for (const found of listed) {
      if (!isCatalogued(database, found.name)) continue
      const type = (found.type ?? 'collection') as NamespaceType
      const indexes =
        type === 'view' ? [] : await db.collection(found.name).listIndexes(asStored).toArray()
      const entry = catalogueEntry(type, found.options ?? {}, indexes)
      entries.push([`${database}.${found.name}`, entry])
    }
  }
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)))
}
