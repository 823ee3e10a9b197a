import { DocumentWriter } from '../bson/documentWriter.js'
import { Elements } from '../bson/elements.js'
import { bsonType } from '../bson/type.js'

/** A field apart from its document. */
interface Field {
  readonly type: number
  readonly value: Buffer
}

/** What becomes of a field. */
type Change =
  | { readonly kind: 'goes' }
  | { readonly kind: 'becomes'; readonly field: Field }
  | { readonly kind: 'changes inside'; readonly diff: Buffer }

/**
 * The document that a diff of an oplog entry (`$v: 2`) makes of another, as the server does it (mongo,
 * src/mongo/db/update/document_diff_applier.cpp): sections `d` (fields that go), `u` (that become another), `i` (that come, at the
 * end), and `s` with the name of a field behind it (a diff inside). Undefined where the document cannot be the one that the diff was made of:
 * the server would apply it all the same.
 */
export function patched(before: Buffer, diff: Buffer): Buffer | undefined {
  const changes = new Map<string, Change>()
  const coming: (Field & { readonly name: string })[] = []
  const sections = new Elements(diff, 0)
  while (sections.next()) {
    const { name } = sections
    if (!sections.isDocument) return undefined
    if (name.startsWith('s')) {
      const { document } = sections.inside()
      changes.set(name.slice(1), { kind: 'changes inside', diff: document })
    } else if (name === 'd')
      for (const gone of fieldsOf(sections.inside())) changes.set(gone.name, { kind: 'goes' })
    else if (name === 'u')
      for (const field of fieldsOf(sections.inside()))
        changes.set(field.name, { kind: 'becomes', field })
    else if (name === 'i') coming.push(...fieldsOf(sections.inside()))
    // Sections of later servers.
    else return undefined
  }
  const moved = new Set(coming.map(({ name }) => name))
  const writer = new DocumentWriter()
  for (const field of fieldsOf(new Elements(before, 0))) {
    const change = changes.get(field.name)
    changes.delete(field.name)
    if (change?.kind === 'goes' || (!change && moved.has(field.name))) continue
    const after = changedField(field, change)
    if (!after) return undefined
    writer.value(field.name, after.type, after.value)
  }
  // What it changes was not there.
  if (changes.size > 0) return undefined
  for (const { name, type, value } of coming) writer.value(name, type, value)
  return writer.finish()
}

/** The same for an array: `a: true`, its new length `l`, elements `u0`, `u1`, …, and diffs inside of elements `s0`, `s1`, … */
function patchedArray(before: Buffer, diff: Buffer): Buffer | undefined {
  const items: Field[] = [...fieldsOf(new Elements(before, 0))]
  const changes = new Elements(diff, 0)
  let length: number | undefined
  while (changes.next()) {
    const { name, type } = changes
    const at = /^[us](\d+)$/.exec(name)?.[1]
    if (name === 'l' && type === bsonType.int32) {
      length = changes.bytes.readInt32LE(changes.start)
      items.splice(length)
    } else if (at !== undefined) {
      const place = Number(at)
      const change: Change = name.startsWith('u')
        ? { kind: 'becomes', field: fieldAt(changes) }
        : { kind: 'changes inside', diff: changes.inside().document }
      const known = items[place]
      if (place > items.length || (!known && change.kind !== 'becomes')) return undefined
      const after = change.kind === 'becomes' ? change.field : known && changedField(known, change)
      if (!after) return undefined
      items[place] = after
    } else if (name !== 'a') return undefined
  }
  if (length !== undefined && items.length !== length) return undefined
  const writer = new DocumentWriter()
  for (const [place, { type, value }] of items.entries())
    writer.value(place.toString(), type, value)
  return writer.finish()
}

function changedField(field: Field, change: Change | undefined): Field | undefined {
  if (!change || change.kind === 'goes') return field
  if (change.kind === 'becomes') return change.field
  const isArray = new Elements(change.diff, 0).find('a')?.type === bsonType.boolean
  if (field.type !== (isArray ? bsonType.array : bsonType.document)) return undefined
  const value = isArray ? patchedArray(field.value, change.diff) : patched(field.value, change.diff)
  return value && { type: field.type, value }
}

function* fieldsOf(elements: Elements): Generator<Field & { readonly name: string }> {
  while (elements.next()) yield { name: elements.name, ...fieldAt(elements) }
}

function fieldAt({ type, bytes, start, end }: Elements): Field {
  return { type, value: bytes.subarray(start, end) }
}
