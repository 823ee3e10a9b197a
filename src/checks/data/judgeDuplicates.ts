import type { Finding } from '../../domain/finding.js'
import { blind, broken, doubtful, fine } from '../doctor/finding.js'
import type { NamespaceEvidence } from './evidence.js'
import { many, separated } from './numbers.js'

/** Whether no two documents have the same key. Those without one are told of, and are nobody's duplicates. */
export function judgeDuplicates({ namespace, unique }: NamespaceEvidence): readonly Finding[] {
  return unique.map(({ by, looked }) => {
    const id = `${namespace}.unique.${by}`
    if (looked.state !== 'seen')
      return blind(id, `whether documents have the same ${by}`, looked, [
        `ops data check ${namespace} --exact`,
      ])
    const { documents, withoutKey, groups, surplus } = looked.facts
    const value = { documents, withoutKey, groups, surplus }
    const without = withoutKey === 0 ? '' : `; ${many(withoutKey, 'document')} have none`
    if (groups > 0)
      return broken(id, {
        says: `${many(surplus, 'document')} too many with the same ${by}`,
        because: `keys that more than one document has: ${separated(groups)}${without}`,
        next: [`ops data duplicates ${namespace} --by ${by}`],
        value,
      })
    if (documents > 0 && withoutKey === documents)
      return doubtful(id, {
        says: `no document has ${by}`,
        because: 'it is misspelt in ops.yaml, or every document has lost it',
        next: [`ops data check ${namespace}   (shows which fields there are)`],
        value,
      })
    return fine(id, `no two documents have the same ${by}${without}`, '', value)
  })
}
