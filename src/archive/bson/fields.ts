/** A decoded document: names to values of any type. */
export type Fields = Readonly<Record<string, unknown>>

/** The same without some of its fields. */
export function without(fields: Fields, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)))
}

/** The value where it is a document. */
export function fieldsIn(value: unknown): Fields | undefined {
  const isDocument = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isDocument ? (value as Fields) : undefined
}
