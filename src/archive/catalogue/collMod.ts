import { fieldsIn, without, type Fields } from '../bson/fields.js'
import { plain } from './definition.js'
import { Unmodelled } from './unmodelled.js'

/** Looked at elsewhere, or of servers before 4.2 and without effect since: mongorestore leaves those out as well. */
const notOptions: ReadonlySet<string> = new Set([
  'collMod',
  'index',
  'usePowerOf2Sizes',
  'noPadding',
])

/** Options that a `collMod` sets under their own name. */
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
export function changedOptions(options: Fields, command: Fields): Fields {
  let changed = options
  for (const [field, value] of Object.entries(command)) {
    if (!notOptions.has(field)) changed = changedOption(changed, field, value)
  }
  return changed
}

function changedOption(options: Fields, field: string, value: unknown): Fields {
  if (asTheyAre.has(field)) return { ...options, [field]: value }
  switch (field) {
    case 'cappedSize':
      return { ...options, size: value }
    case 'cappedMax':
      return { ...options, max: value }
    case 'expireAfterSeconds':
      return value === 'off' ? without(options, [field]) : { ...options, [field]: value }
    case 'timeseries':
      return { ...options, [field]: { ...fieldsIn(options[field]), ...fieldsIn(value) } }
    default:
      throw new Unmodelled(`a collMod of ${field}`)
  }
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
export function changedIndex(indexes: Iterable<Fields>, modification: Fields): Fields | undefined {
  const { name, keyPattern, ...changes } = modification
  for (const field of Object.keys(changes)) {
    if (!ofIndexes.has(field)) throw new Unmodelled(`a collMod of ${field} of an index`)
  }
  const wanted = keyPattern === undefined ? undefined : keyText(keyPattern)
  const index = [...indexes].find((one) =>
    wanted === undefined ? one['name'] === name : keyText(one['key']) === wanted,
  )
  if (!index) return undefined
  return { ...without(index, changes['unique'] === true ? ['prepareUnique'] : []), ...changes }
}

function keyText(key: unknown): string {
  return JSON.stringify(Object.entries(plain(fieldsIn(key) ?? {})))
}
