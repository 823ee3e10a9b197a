import type { Finding } from '../../domain/finding.js'
import { blind, broken, doubtful, fine } from '../doctor/finding.js'
import type { NamespaceEvidence } from './evidence.js'
import { many } from './numbers.js'
import { sharedKeys } from './sharedKeys.js'

/** Whether no two documents have the same key. Those without one are told of, and are nobody's duplicates. */
export function judgeDuplicates({ namespace, unique }: NamespaceEvidence): readonly Finding[] {
  return unique.map(({ by, looked }) => {
    const id = `${namespace}.unique.${by}`
    if (looked.state !== 'seen')
      return blind(id, `whether documents have the same ${by}`, looked, [
        `ops data check ${namespace} --exact`,
      ])
    const { groups, surplus } = looked.facts
    const shared = sharedKeys(namespace, looked.facts)
    const { value, without, because, nobodyHasIt, fieldsThere } = shared
    if (groups > 0)
      return broken(id, {
        says: `${many(surplus, 'document')} too many with the same ${by}`,
        because,
        next: [`ops data duplicates ${namespace} --by ${by}`],
        value,
      })
    if (nobodyHasIt)
      return doubtful(id, {
        says: `no document has ${by}`,
        because: 'it is misspelt in ops.yaml, or every document has lost it',
        next: fieldsThere,
        value,
      })
    return fine(id, `no two documents have the same ${by}${without}`, '', value)
  })
}
