import type { Finding } from '../../domain/finding.js'
import { broken, doubtful, fine } from '../doctor/finding.js'
import type { SeenDuplicates } from './evidence.js'
import { many } from './numbers.js'
import { sharedKeys } from './sharedKeys.js'

/** How often keys occur, and whether each should once. */
export interface JudgedKeys extends SeenDuplicates {
  readonly namespace: string
  /** Dotted paths; none where whole documents are compared, without their `_id`. */
  readonly by: readonly string[]
  /** Whether ops.yaml expects no two documents to have the same. */
  readonly expected: boolean
}

/** Documents that share a key: wrong where ops.yaml says so, and to be looked at where nobody said anything. */
export function judgeKeys({ namespace, by, expected, ...found }: JudgedKeys): Finding {
  const { documents, groups, surplus } = found
  const paths = by.join(',')
  const id = `${namespace}.duplicates.${paths || 'whole'}`
  const what = paths === '' ? 'everything but their _id' : paths
  const { value, without, because, nobodyHasIt, fieldsThere } = sharedKeys(namespace, found)
  if (nobodyHasIt)
    return doubtful(id, {
      says: `no document has ${what}`,
      because: 'it is misspelt, or every document has lost it',
      next: fieldsThere,
      value,
    })
  if (groups === 0)
    return fine(id, `no two of ${many(documents, 'document')} share ${what}${without}`, '', value)
  const words = {
    says: `${many(surplus, 'document')} too many, were each ${what} to be there once`,
    because,
    next: [`ops restore --into COPY   (keep a copy before anything is removed)`],
    value,
  }
  return expected ? broken(id, words) : doubtful(id, words)
}
