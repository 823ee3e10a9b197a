import type { Path } from './problem.js'
import { valueAt } from './tree.js'

/** A part of the file that this version does not act on, and what the operator would wrongly rely on. */
export interface Unsupported {
  readonly path: Path
  readonly sentence: string
}

const without = 'is not supported by this version;'

/**
 * Everything the configuration language knows and this version does not do. Such a key is refused, never ignored: one
 * that is accepted is a promise. A part that gets implemented leaves this list and enters the schema.
 */
export const unsupported: readonly Unsupported[] = [
  { path: ['notify', 'channels'], sentence: `${without} nobody would be told of a failure` },
  { path: ['notify', 'on'], sentence: `${without} nobody would be told of a failure` },
  { path: ['escalation'], sentence: `${without} no incident would be escalated` },
  { path: ['maintenance'], sentence: `${without} no task would be run or recorded` },
  { path: ['runbooks'], sentence: `${without} none of them could be run` },
]

/** The refused parts that are in a file. */
export function unsupportedIn(file: unknown): readonly Unsupported[] {
  return unsupported.filter(({ path }) => valueAt(file, path) !== undefined)
}
