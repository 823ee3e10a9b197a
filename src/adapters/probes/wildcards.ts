/**
 * Whether a name matches a pattern in which `*` stands for any letters and `?` for one, as in a shell: a name that begins with
 * a dot only where the pattern does. Takes no longer than the product of their lengths, whatever they are.
 */
export function matchesWildcards(name: string, pattern: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false
  let at = 0
  let wanted = 0
  let star = -1
  let from = 0
  while (at < name.length) {
    const letter = pattern[wanted]
    if (letter === '*') {
      star = wanted
      wanted += 1
      from = at
    } else if (letter !== undefined && (letter === '?' || letter === name[at])) {
      at += 1
      wanted += 1
    } else if (star >= 0) {
      // The last star takes one more letter.
      wanted = star + 1
      from += 1
      at = from
    } else return false
  }
  return /^\**$/.test(pattern.slice(wanted))
}

/** Whether a part of a path holds a wildcard. */
export function hasWildcards(part: string): boolean {
  return /[*?]/.test(part)
}
