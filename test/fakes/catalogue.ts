import type { Catalogue } from '../../src/domain/catalogue.js'
import type { LiveNamespace } from '../../src/ports/mongo.js'

/** What a server that has these defines. */
export function fakeCatalogue(live: readonly LiveNamespace[]): Catalogue {
  return Object.fromEntries(
    live.map(({ database, collection, type, indexes }) => [
      `${database}.${collection}`,
      { type, options: {}, indexes: indexes.filter(({ name }) => name !== '_id_') },
    ]),
  )
}
