import { fieldsIn, type Fields } from '../bson/fields.js'
import { Unmodelled } from './unmodelled.js'

/**
 * The index of a time-series that stands behind an index of its buckets. The oplog tells of the latter, while archives
 * and `listIndexes` name the former (`timeseries_index_schema_conversion_functions.cpp` of the server). Throws Unmodelled.
 */
export function seriesIndex(ofBuckets: Fields, timeseries: Fields): Fields {
  const original = fieldsIn(ofBuckets['originalSpec'])
  if (original) return original
  return { ...ofBuckets, key: seriesKey(fieldsIn(ofBuckets['key']) ?? {}, timeseries) }
}

function seriesKey(ofBuckets: Fields, timeseries: Fields): Fields {
  const metaField = timeseries['metaField']
  const key: Record<string, unknown> = {}
  let pending: string | undefined
  for (const [field, direction] of Object.entries(ofBuckets)) {
    const [, measured] = /^control\.(?:min|max)\.(.+)$/.exec(field) ?? []
    if (measured !== undefined) {
      // Both bounds stand for one field: the second says nothing that the first does not.
      if (pending === undefined) key[measured] = direction
      else if (pending !== measured) throw unknownForm(field)
      pending = pending === undefined ? measured : undefined
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
