/** The candidate that is most like the word, or nothing where none is close enough to be meant. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const lower = word.toLowerCase()
  const limit = Math.max(1, Math.floor(word.length / 3))
  return candidates
    .map((candidate) => ({ candidate, steps: distance(lower, candidate.toLowerCase()) }))
    .filter(({ steps }) => steps <= limit)
    .sort((one, other) => one.steps - other.steps)[0]?.candidate
}

/** The same for names that people shorten: one that contains the word will do where none is close. */
export function nearestName(word: string, names: readonly string[]): string | undefined {
  const close = nearest(word, names)
  if (close !== undefined || word.length < 3) return close
  return names.find((name) => name.toLowerCase().includes(word.toLowerCase()))
}

/**
 * Levenshtein: how many letters must be added, removed or replaced to turn one word into the other. Two neighbours that
 * changed places count as one, because that is what hasty fingers do.
 */
export function distance(from: string, to: string): number {
  let before: readonly number[] = []
  let row: readonly number[] = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let line = 1; line <= from.length; line += 1) {
    const next = [line]
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[line - 1] === to[column - 1]
      const swapped = from[line - 1] === to[column - 2] && from[line - 2] === to[column - 1]
      next.push(
        Math.min(
          (row[column] ?? 0) + 1,
          (next[column - 1] ?? 0) + 1,
          (row[column - 1] ?? 0) + (same ? 0 : 1),
          swapped ? (before[column - 2] ?? 0) + 1 : Infinity,
        ),
      )
    }
    before = row
    row = next
  }
  return row[to.length] ?? 0
}
