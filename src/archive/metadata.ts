import type { IndexDefinition, NamespaceType } from '../domain/contents.js'
import { damage } from './damage.js'
import type { PreludeEntry } from './prelude.js'

/** How a namespace is to be made again. */
export interface NamespaceMetadata {
  readonly type: NamespaceType
  readonly indexes: readonly IndexDefinition[]
  /** capped, validator, viewOn, pipeline, timeseries, collation … as `create` takes them. */
  readonly options: Readonly<Record<string, unknown>>
}

/**
 * Reads the metadata of a prelude entry, as mongodump of servers 3.6 to 8 writes it. Unknown fields are let pass.
 * Numbers come out plain; other Extended JSON ({"$date": …}) stays as it is. Throws ARCHIVE_CORRUPT.
 */
export function readMetadata(entry: PreludeEntry, offset: number): NamespaceMetadata {
  const fields = entry.metadata === '' ? {} : parse(entry, offset)
  const options = isObject(fields['options']) ? fields['options'] : {}
  const indexes = fields['indexes'] ?? []
  if (!Array.isArray(indexes)) throw unreadable(entry, offset)
  return {
    type: typeOf(entry, options),
    indexes: indexes.map((index: unknown) => readIndex(index, entry, offset)),
    options,
  }
}

/**
 * Tools before 100.0 state no type, but views and time-series are known by their options. What `--viewsAsCollections`
 * dumped is stated to be a view, but has no `viewOn`: it comes back as a collection.
 */
function typeOf(entry: PreludeEntry, options: Readonly<Record<string, unknown>>): NamespaceType {
  if ('viewOn' in options) return 'view'
  if (entry.type === 'timeseries' || 'timeseries' in options) return 'timeseries'
  return 'collection'
}

function readIndex(index: unknown, entry: PreludeEntry, offset: number): IndexDefinition {
  if (!isObject(index)) throw unreadable(entry, offset)
  const { name, key, ...options } = index
  if (typeof name !== 'string' || !isObject(key)) throw unreadable(entry, offset)
  return { name, key, options }
}

function parse(entry: PreludeEntry, offset: number): Record<string, unknown> {
  let fields: unknown
  try {
    fields = JSON.parse(entry.metadata, plainNumber)
  } catch (cause) {
    throw unreadable(entry, offset, cause)
  }
  if (!isObject(fields)) throw unreadable(entry, offset)
  return fields
}

/** For `JSON.parse`: {"$numberInt": "1"} is 1. What a JavaScript number cannot hold exactly stays as it is. */
export function plainNumber(_: string, value: unknown): unknown {
  if (!isObject(value)) return value
  const text = value['$numberInt'] ?? value['$numberLong'] ?? value['$numberDouble']
  if (typeof text !== 'string') return value
  const number = Number(text)
  const exact =
    Number.isSafeInteger(number) || ('$numberDouble' in value && Number.isFinite(number))
  return exact ? number : value
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unreadable(entry: PreludeEntry, offset: number, cause?: unknown): Error {
  const says = `the metadata of ${entry.database}.${entry.collection} cannot be read`
  return damage('ARCHIVE_CORRUPT', offset, says, { cause })
}
