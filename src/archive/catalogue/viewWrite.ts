import { bucketsPrefix } from '../../domain/buckets.js'
import { fieldsIn, without, type Fields } from '../bson/fields.js'
import { Unmodelled } from './unmodelled.js'

/**
 * The options of the view `id` after an insert or update of its document in `system.views`; undefined for the view that a
 * time-series is seen through. `written` is the whole document, or the differences that an update tells
 * (`$v: 2` with `diff`). Throws Unmodelled.
 */
export function viewAfter(
  id: string,
  written: Fields,
  known: Fields | undefined,
): Fields | undefined {
  const whole = '$v' in written ? applied(id, fieldsIn(written['diff']), known) : written
  const viewed = whole['viewOn']
  if (typeof viewed === 'string' && viewed.startsWith(bucketsPrefix)) return undefined
  return without(whole, ['_id'])
}

/** Sections of a difference: `u` and `i` set fields, `d` takes them away, `s…` go deeper (document_diff_serialization.h). */
function applied(id: string, diff: Fields | undefined, known: Fields | undefined): Fields {
  const { u, i, d, ...deeper } = diff ?? { unknown: true }
  if (!known || Object.keys(deeper).length > 0) {
    throw new Unmodelled(`a change of the view ${id} that tells differences only`)
  }
  const gone = Object.keys(fieldsIn(d) ?? {})
  return { ...without(known, gone), ...fieldsIn(u), ...fieldsIn(i) }
}
