import type { Document } from 'bson'
import { Unmodelled } from './unmodelled.js'

/**
 * The options of the view `id` after an insert or update of its document in `system.views`; undefined for the view that a
 * time-series is seen through. `written` is the whole document, or the differences that an update tells
 * (`$v: 2` with `diff`). Throws Unmodelled.
 */
export function viewAfter(
  id: string,
  written: Document,
  known: Document | undefined,
): Document | undefined {
  const whole = '$v' in written ? applied(id, written, known) : written
  const { _id: _, ...options } = whole
  if (String(options['viewOn']).startsWith('system.buckets.')) return undefined
  return options
}

/** Sections of a difference: `u` and `i` set fields, `d` takes them away, `s…` go deeper (document_diff_serialization.h). */
function applied(id: string, { diff }: Document, known: Document | undefined): Document {
  if (!known || typeof diff !== 'object' || diff === null) throw unknownChange(id)
  const { u = {}, i = {}, d = {}, ...deeper } = diff as Record<string, Document>
  if (Object.keys(deeper).length > 0) throw unknownChange(id)
  const changed: Document = { ...known, ...u, ...i }
  for (const field of Object.keys(d)) delete changed[field]
  return changed
}

function unknownChange(id: string): Unmodelled {
  return new Unmodelled(`a change of the view ${id} that tells differences only`)
}
