import { visible } from './format/visible.js'
import { broken } from './table.js'

/** Something that is not as it should be, as it is drawn. */
export interface DrawnProblem {
  readonly severity: 'ok' | 'warn' | 'fail' | 'unknown'
  readonly says: string
  readonly because: string
  readonly next: readonly string[]
}

/** How bad it is, what is so and why, and below that the first thing to type; not wider than the columns. */
export function problemLines(
  { severity, says, because, next }: DrawnProblem,
  paintIt: (text: string) => string,
  columns: number,
): readonly string[] {
  const text = because === '' ? says : `${says} (${because.replaceAll('\n', '; ')})`
  const [first = '', ...rest] = broken(visible(text), columns - indent.length)
  const [command] = next
  return [
    `${paintIt(severity.padEnd(7))}  ${first}`,
    ...rest.map((line) => indent + line),
    ...(command === undefined ? [] : [`${indent}→ ${visible(command)}`]),
  ]
}

const indent = '         '
