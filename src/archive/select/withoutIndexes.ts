/** An index as the prelude defines it: Extended JSON in its canonical form, nothing of it changed. */
export type RawIndex = Readonly<Record<string, unknown>> & { readonly name: string }

/** The metadata of a namespace without some of its indexes, and those. */
export interface Thinned {
  readonly metadata: string
  readonly leftOut: readonly RawIndex[]
}

/**
 * Leaves indexes out of the metadata of a namespace. Nothing where none is to be left out, and where reading and writing
 * them again would change anything: JavaScript moves field names that look like numbers to the front, for one.
 */
export function withoutIndexes(
  metadata: string,
  leaveOut: (index: string) => boolean,
): Thinned | undefined {
  const fields = metadata === '' ? {} : (JSON.parse(metadata) as { indexes?: unknown })
  const { indexes } = fields
  if (!Array.isArray(indexes) || JSON.stringify(fields) !== metadata) return undefined
  const all = indexes as readonly RawIndex[]
  const leftOut = all.filter(({ name }) => leaveOut(name))
  if (leftOut.length === 0) return undefined
  const kept = all.filter((index) => !leftOut.includes(index))
  return { metadata: JSON.stringify({ ...fields, indexes: kept }), leftOut }
}
