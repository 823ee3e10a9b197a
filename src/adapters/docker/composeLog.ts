/** A line of `compose logs --timestamps`: who, when (always nine digits of a second, so text order is time order), what. */
const stamped = /^(\S+\s*\| )(\d{4}-\d\d-\d\dT\S+Z) ?(.*)$/s

/** Lines of several containers in the order they were written, without the times that were asked for to sort them. */
export function inOrder(lines: readonly string[]): readonly string[] {
  let time = ''
  return lines
    .map((line) => {
      const [, who = '', at, what = ''] = stamped.exec(line) ?? []
      if (at !== undefined) time = at
      return { at: time, line: at === undefined ? line : `${who}${what}` }
    })
    .sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0))
    .map(({ line }) => line)
}
