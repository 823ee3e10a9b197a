import { MongoServerError, type Document } from 'mongodb'

/** By the collation of a collection, `a` may be the same as `A`. */
export const simple = { collation: { locale: 'simple' } } as const

/** What a secondary holds may be older than what is removed. */
export const ofPrimary = { readPreference: 'primary' } as const

/** QueryExceededMemoryLimitNoDiskUseAllowed (mongo, src/mongo/base/error_codes.yml). */
const outOfMemory = 292

/** Whether a question took more memory than a server gives to one, and was not to use its disk. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === outOfMemory
}

/** All of a document but its `_id`. */
export const rest = {
  $arrayToObject: {
    $filter: { input: { $objectToArray: '$$ROOT' }, cond: { $ne: ['$$this.k', '_id'] } },
  },
} as const

/** What documents are grouped by; without fields all but their `_id`. */
export function keyOf(fields: readonly string[]): Document {
  if (fields.length === 0) return rest
  return Object.fromEntries(fields.map((field, at) => [`k${at.toString()}`, `$${field}`]))
}

/**
 * Of groups by `keyOf` those with a value in each field. What has none says nothing of being the same, be it missing, null, blank, an object
 * without fields or what is not a number (loaders write NaN for an empty cell); a list holds more than one.
 */
export function withValues(fields: readonly string[]): Document {
  if (fields.length === 0) return { _id: { $ne: {} } }
  return allReal(fields.map((_, at) => `$_id.k${at.toString()}`))
}

/** The same of the documents themselves, so that those without a key are not gathered first. */
export function holdingValues(fields: readonly string[]): readonly Document[] {
  if (fields.length === 0) return []
  return [{ $match: allReal(fields.map((field) => `$${field}`)) }]
}

function allReal(parts: readonly string[]): Document {
  const nothing = ['missing', 'null', 'undefined', 'array']
  const real = parts.flatMap((part) => {
    const text = { $cond: [{ $eq: [{ $type: part }, 'string'] }, part, 'none'] }
    return [
      { $not: [{ $in: [{ $type: part }, nothing] }] },
      { $ne: [{ $trim: { input: text } }, ''] },
      { $ne: [part, { $literal: {} }] },
      { $ne: [part, NaN] },
    ]
  })
  return { $expr: { $and: real } }
}
