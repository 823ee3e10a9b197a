import type { Document } from 'bson'
import { plain } from './definition.js'
import { Unmodelled } from './unmodelled.js'

/** Of servers before 4.2, without effect since; mongorestore leaves them out as well. */
const withoutEffect: ReadonlySet<string> = new Set(['usePowerOf2Sizes', 'noPadding'])

const asTheyAre: ReadonlySet<string> = new Set([
  'validator',
  'validationLevel',
  'validationAction',
  'changeStreamPreAndPostImages',
  'recordPreImages',
])

/**
 * The options of a collection after a `collMod` as the oplog carries it; what it does to an index is not looked at. Throws
 * Unmodelled for a change that is not known.
 */
export function changedOptions(options: Document, command: Document): Document {
  const changed = { ...options }
  for (const [field, value] of Object.entries(command)) {
    if (field === 'collMod' || field === 'index' || withoutEffect.has(field)) continue
    if (asTheyAre.has(field)) changed[field] = value
    else if (field === 'cappedSize') changed['size'] = value
    else if (field === 'cappedMax') changed['max'] = value
    else if (field === 'expireAfterSeconds') {
      delete changed[field]
      if (value !== 'off') changed[field] = value
    } else if (field === 'timeseries') {
      changed[field] = { ...(changed[field] as Document | undefined), ...(value as Document) }
    } else {
      throw new Unmodelled(`a collMod of ${field}`)
    }
  }
  return changed
}

const ofIndexes: ReadonlySet<string> = new Set([
  'expireAfterSeconds',
  'hidden',
  'prepareUnique',
  'unique',
])

/**
 * The index that `modification` (field `index` of a `collMod`) is about, as it is afterwards; undefined where there is
 * no such index. Throws Unmodelled.
 */
export function changedIndex(
  indexes: Iterable<Document>,
  modification: Document,
): Document | undefined {
  const { name, keyPattern, ...changes } = modification
  const wanted = keyPattern === undefined ? undefined : keyText(keyPattern as Document)
  const index = [...indexes].find((one) =>
    wanted === undefined ? one['name'] === name : keyText(one['key'] as Document) === wanted,
  )
  if (!index) return undefined
  for (const field of Object.keys(changes)) {
    if (!ofIndexes.has(field)) throw new Unmodelled(`a collMod of ${field} of an index`)
  }
  const changed = { ...index, ...changes }
  if (changes['unique'] === true) delete changed['prepareUnique']
  return changed
}

function keyText(key: Document): string {
  return JSON.stringify(Object.entries(plain(key)))
}
