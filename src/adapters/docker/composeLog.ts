import { printedLine } from '../../domain/logs/printedLine.js'

/** Lines of several containers in the order they were written, without the times that were asked for to sort them. */
export function inOrder(lines: readonly string[]): readonly string[] {
  let time = ''
  return lines
    .map((line) => {
      const { who = '', at, text } = printedLine(line) ?? { text: line }
      if (at !== undefined) time = at
      return { at: time, line: `${who}${text}` }
    })
    .sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0))
    .map(({ line }) => line)
}
