import { shortId } from '../domain/shortId.js'
import type { DuplicatesFound } from '../procedures/data/duplicates.js'
import type { Canvas } from './canvas.js'
import { findingLines, heading } from './findingLines.js'
import { count, counted } from './format/bytes.js'
import { visible } from './format/visible.js'

/** How many documents share a key, and the largest groups of them by two `_id`s each. */
export function duplicatesScreen(found: DuplicatesFound, canvas: Canvas): string {
  const { target, verdict, checks, keys } = found
  const sections = keys.flatMap(({ namespace, by, groups, largest }, at) => {
    const finding = checks[at]
    const rest = groups - largest.length
    return [
      '',
      `${visible(namespace)}, by ${by.length === 0 ? 'everything but _id' : visible(by.join(', '))}`,
      ...(finding ? findingLines(finding, canvas) : []),
      ...largest.flatMap(({ documents, first, last }) => [
        `    ${counted(documents, 'document')}`,
        `      first ${visible(shortId(first))}`,
        `      last  ${visible(shortId(last))}`,
      ]),
      ...(rest > 0 && largest.length > 0 ? [`    and ${count(rest)} groups more`] : []),
    ]
  })
  return [`${heading(verdict, canvas)}  ${visible(target)}`, ...sections].join('\n')
}
