import type { MongoClient } from 'mongodb'
import { catalogueEntry, isCatalogued } from '../../../src/archive/catalogue/definition.js'
import type { Catalogue, CatalogueEntry } from '../../../src/domain/catalogue.js'

/** What a server defines, asked of it. */
export async function catalogueOf(client: MongoClient): Promise<Catalogue> {
  const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true })
  const entries: [string, CatalogueEntry][] = []
  for (const { name } of databases) {
    const db = client.db(name)
    for (const found of await db.listCollections({}, { promoteValues: false }).toArray()) {
      if (!isCatalogued(name, found.name)) continue
      const { type = 'collection', options = {} } = found as {
        type?: string
        options?: Record<string, unknown>
      }
      const indexes =
        type === 'view'
          ? []
          : await db.collection(found.name).listIndexes({ promoteValues: false }).toArray()
      const kind = type === 'view' || type === 'timeseries' ? type : 'collection'
      entries.push([`${name}.${found.name}`, catalogueEntry(kind, options, indexes)])
    }
  }
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)))
}
