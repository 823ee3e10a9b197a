import type { MongoClient } from 'mongodb'
import { catalogueOf as catalogueOfDatabases } from '../../../src/adapters/mongo/catalogueOf.js'
import { putSeries } from '../../../src/adapters/mongo/putSeries.js'
import { putView } from '../../../src/adapters/mongo/putView.js'
import type { Catalogue } from '../../../src/domain/catalogue.js'
import type { LateDefinitions } from '../../../src/domain/lateDefinitions.js'

/** What a server defines in all of its databases. */
export async function catalogueOf(client: MongoClient): Promise<Catalogue> {
  const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true })
  return catalogueOfDatabases(
    client,
    databases.map(({ name }) => name),
  )
}

/** Makes what a replay leaves out. */
export async function defineLate(
  client: MongoClient,
  { views, series }: LateDefinitions,
): Promise<void> {
  for (const late of series) await putSeries(client.db(late.database), late)
  for (const { database, view, definition } of views)
    await putView(client.db(database), view, definition)
}
