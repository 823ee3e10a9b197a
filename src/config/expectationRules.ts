import type { Path } from './problem.js'
import { quote } from './quote.js'
import type { Expectation } from '../domain/target.js'

type Complaint = readonly [path: Path, sentence: string]

/** What is expected of a collection, and cannot be so at the same time, or is said twice. */
export function contradictions(at: Path, expected: Expectation): Complaint[] {
  const { min, max } = expected.documents ?? {}
  const { indexes = [], required = [], unique = [] } = expected
  return [
    ...repeated([...at, 'indexes'], indexes),
    ...repeated([...at, 'required'], required),
    ...repeated([...at, 'unique'], unique),
    ...(min !== undefined && max !== undefined && min > max
      ? [[[...at, 'documents'], 'min is greater than max'] as const]
      : []),
  ]
}

/** Names of a list that are there before. */
export function repeated(path: Path, names: readonly string[]): Complaint[] {
  return names.flatMap((name, index): Complaint[] =>
    names.indexOf(name) < index ? [[[...path, index], `${quote(name)} is there twice`]] : [],
  )
}
