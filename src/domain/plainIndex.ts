/** What an index on one field without any option is described by. */
const plain: ReadonlySet<string> = new Set(['v', 'key', 'name', 'ns', 'background'])

/** Whether an index is `FIELD_1`: ascending on that field alone, neither unique nor partial nor anything else. */
export function isPlainIndex(index: Readonly<Record<string, unknown>>, field: string): boolean {
  const key = Object.entries((index['key'] ?? {}) as Readonly<Record<string, unknown>>)
  const [first] = key
  return (
    index['name'] === `${field}_1` &&
    key.length === 1 &&
    first?.[0] === field &&
    Number(first[1]) === 1 &&
    Object.keys(index).every((option) => plain.has(option))
  )
}
