/** The name that was probably meant: one that contains the word, or is a few letters away. Nothing where none is close. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const asked = word.toLowerCase()
  const ranked = names
    .map((name) => ({ name, steps: apart(asked, name.toLowerCase()) }))
    .sort((one, other) => one.steps - other.steps)
  const best = ranked[0]
  if (best && best.steps <= Math.max(1, Math.floor(word.length / 3))) return best.name
  return asked.length < 3 ? undefined : names.find((name) => name.toLowerCase().includes(asked))
}

/** Letters to add, remove or replace, where two swapped neighbours count as one. */
function apart(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)]
  const at = (row: number, column: number) => rows[row]?.[column] ?? Infinity
  for (let row = 1; row <= from.length; row++) {
    rows.push([row])
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      rows[row]?.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (same ? 0 : 1),
          swapped ? at(row - 2, column - 2) + 1 : Infinity,
        ),
      )
    }
  }
  return at(from.length, to.length)
}
