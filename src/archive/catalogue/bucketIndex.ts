import type { Document } from 'bson'
import { Unmodelled } from './unmodelled.js'

/**
 * The index of a time-series that stands behind an index of its buckets. The oplog tells of the latter, while archives
 * and `listIndexes` name the former (`timeseries_index_schema_conversion_functions.cpp` of the server). Throws Unmodelled.
 */
export function seriesIndex(ofBuckets: Document, timeseries: Document): Document {
  const original: unknown = ofBuckets['originalSpec']
  if (typeof original === 'object' && original !== null) return original as Document
  const { key, ...rest } = ofBuckets
  return { ...rest, key: seriesKey(key as Document, timeseries) }
}

function seriesKey(ofBuckets: Document, timeseries: Document): Document {
  const metaField: unknown = timeseries['metaField']
  const key: Document = {}
  let pending: string | undefined
  for (const [field, direction] of Object.entries(ofBuckets)) {
    const [, bound, measured] = /^control\.(min|max)\.(.+)$/.exec(field) ?? []
    if (bound !== undefined && measured !== undefined) {
      // Both bounds stand for one field, the one that comes first says nothing that the other does not.
      if (pending === measured) pending = undefined
      else {
        key[measured] = direction
        pending = measured
      }
    } else if (field === 'meta' || field.startsWith('meta.')) {
      if (typeof metaField !== 'string') throw unknownForm(field)
      key[metaField + field.slice('meta'.length)] = direction
    } else if (field.startsWith('data.') && direction === '2dsphere_bucket') {
      key[field.slice('data.'.length)] = '2dsphere'
    } else {
      throw unknownForm(field)
    }
  }
  if (pending !== undefined) throw unknownForm(pending)
  return key
}

function unknownForm(field: string): Unmodelled {
  return new Unmodelled(`an index of a time-series on ${field}`)
}
