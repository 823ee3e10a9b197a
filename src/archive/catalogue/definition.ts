import { EJSON } from 'bson'
import type { CatalogueEntry } from '../../domain/catalogue.js'
import type { IndexDefinition, NamespaceType } from '../../domain/contents.js'
import { fieldsIn, without, type Fields } from '../bson/fields.js'

/** What servers store or leave out where an index does not have a property. */
const offByDefault = ['unique', 'sparse', 'hidden', 'prepareUnique', 'forceNonUnique']

/** Of an index: its place, how it was built, and its format, which is the server's own choice. */
const notOfIndexes = ['v', 'ns', 'background', 'buildUUID']

/** Of a collection: its identity, what is listed elsewhere, and what servers before 4.0 say. */
const notOfOptions = ['uuid', 'idIndex', 'autoIndexId', 'flags']

/**
 * A namespace as it is compared: from what `listCollections` and `listIndexes` answer, from the metadata of an archive, or
 * from the oplog. What these say in several ways (a default left out or written out) comes out the same.
 */
export function catalogueEntry(
  type: NamespaceType,
  options: Fields,
  indexes: readonly Fields[],
): CatalogueEntry {
  return {
    type,
    options: settledOptions(plain(options)),
    indexes: indexes.filter((index) => !isDefaultId(index)).map(settledIndex),
  }
}

/** Whether it is the index that every collection has (and that is no index of its own where it is clustered). */
export function isDefaultId(index: Fields): boolean {
  const [first, ...others] = Object.entries(fieldsIn(plain(index)['key']) ?? {})
  return others.length === 0 && first?.[0] === '_id' && first[1] === 1
}

/**
 * Whether a namespace is one of the catalogue: the server's own are not (`config`, `local`, `system.…`); stored
 * functions are.
 */
export function isCatalogued(database: string, collection: string): boolean {
  if (database === 'config' || database === 'local' || database === '') return false
  return !collection.startsWith('system.') || collection === 'system.js'
}

/** Numbers of every type as numbers; what JavaScript has no type for as Extended JSON. */
export function plain(fields: Fields): Record<string, unknown> {
  return EJSON.serialize(fields, { relaxed: true })
}

function settledIndex(index: Fields): IndexDefinition {
  const { name, key, ...rest } = plain(index)
  const off = offByDefault.filter((field) => rest[field] === false)
  const simple = isSimple(rest['collation']) ? ['collation'] : []
  const options = without(rest, [...notOfIndexes, ...off, ...simple])
  return { name: String(name), key: fieldsIn(key) ?? {}, options }
}

function settledOptions(options: Fields): Record<string, unknown> {
  const defaults = Object.keys(options).filter((field) => saysNothing(field, options[field]))
  const settled = without(options, [...notOfOptions, ...defaults])
  const series = fieldsIn(options['timeseries'])
  if (series?.['granularity'] === undefined) return settled
  // The span follows from the granularity.
  return { ...settled, timeseries: without(series, ['bucketMaxSpanSeconds']) }
}

/** Whether the option is what it would be where it is left out. */
function saysNothing(field: string, value: unknown): boolean {
  switch (field) {
    case 'capped':
    case 'temp':
    case 'recordPreImages':
      return value === false
    // What a validator has where nothing is said, and what collMod writes out.
    case 'validationLevel':
      return value === 'strict'
    case 'validationAction':
      return value === 'error'
    case 'validator':
      return Object.keys(fieldsIn(value) ?? {}).length === 0
    case 'collation':
      return isSimple(value)
    case 'changeStreamPreAndPostImages':
      return fieldsIn(value)?.['enabled'] === false
    default:
      return false
  }
}

function isSimple(collation: unknown): boolean {
  return fieldsIn(collation)?.['locale'] === 'simple'
}
