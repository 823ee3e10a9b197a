import { EJSON, type Document } from 'bson'
import type { CatalogueEntry } from '../../domain/catalogue.js'
import type { IndexDefinition, NamespaceType } from '../../domain/contents.js'

/** What servers store or leave out where an index does not have a property. */
const offByDefault = ['unique', 'sparse', 'hidden', 'prepareUnique', 'forceNonUnique']

/** Of an index: its place, how it was built, and its format, which is the server's own choice. */
const notOfIndexes = ['v', 'ns', 'background', 'buildUUID']

/**
 * A namespace as it is compared: from what `listCollections` and `listIndexes` answer, from the metadata of an archive, or
 * from the oplog. What these say in several ways (a default left out or written out) comes out the same.
 */
export function catalogueEntry(
  type: NamespaceType,
  options: Document,
  indexes: readonly Document[],
): CatalogueEntry {
  return {
    type,
    options: settledOptions(plain(options)),
    indexes: indexes.filter((index) => !isDefaultId(index)).map(settledIndex),
  }
}

/** Whether it is the index that every collection has (and that is no index of its own where it is clustered). */
export function isDefaultId({ key }: Document): boolean {
  const fields = Object.entries(plain(key as Document))
  return fields.length === 1 && fields[0]?.[0] === '_id' && fields[0][1] === 1
}

/**
 * Whether a namespace is one of the catalogue: the server's own are not (`config`, `local`, `system.…`); stored
 * functions are.
 */
export function isCatalogued(database: string, collection: string): boolean {
  if (database === 'config' || database === 'local' || database === '') return false
  return !collection.startsWith('system.') || collection === 'system.js'
}

function settledIndex(index: Document): IndexDefinition {
  const { name, key, ...options } = plain(index)
  for (const field of notOfIndexes) delete options[field]
  for (const field of offByDefault) if (options[field] === false) delete options[field]
  if (isSimple(options['collation'])) delete options['collation']
  return { name: String(name), key: key as Record<string, unknown>, options }
}

function settledOptions(given: Document): Document {
  const options = { ...given }
  for (const field of ['uuid', 'idIndex', 'autoIndexId', 'flags']) delete options[field]
  for (const field of ['capped', 'temp', 'recordPreImages']) {
    if (options[field] === false) delete options[field]
  }
  // `strict` and `error` are what a validator has where nothing is said, and what collMod writes out.
  if (options['validationLevel'] === 'strict') delete options['validationLevel']
  if (options['validationAction'] === 'error') delete options['validationAction']
  if (isEmpty(options['validator'])) delete options['validator']
  if (isSimple(options['collation'])) delete options['collation']
  const images = options['changeStreamPreAndPostImages'] as Document | undefined
  if (images?.['enabled'] === false) delete options['changeStreamPreAndPostImages']
  const series = options['timeseries'] as Document | undefined
  if (series?.['granularity'] !== undefined) {
    // The span follows from the granularity.
    const { bucketMaxSpanSeconds: _, ...rest } = series
    options['timeseries'] = rest
  }
  return options
}

function isSimple(collation: unknown): boolean {
  return (collation as Document | undefined)?.['locale'] === 'simple'
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

/** Numbers of every type as numbers; what JavaScript has no type for as Extended JSON. */
export function plain(document: Document): Document {
  return EJSON.serialize(document, { relaxed: true }) as Document
}
