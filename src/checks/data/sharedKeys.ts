import type { SeenDuplicates } from './evidence.js'
import { many, separated } from './numbers.js'

/** How often keys occur, in the sentences of every finding that tells it. */
export interface SharedKeys {
  readonly value: SeenDuplicates
  /** `; 3 documents have none`; empty where each has the key. */
  readonly without: string
  /** Why there is something to tell, where keys are shared. */
  readonly because: string
  /** Whether there are documents, and none of them has the key. */
  readonly nobodyHasIt: boolean
  /** What to type then. */
  readonly fieldsThere: readonly string[]
}

/** What is said of keys that documents of a collection share. */
export function sharedKeys(
  namespace: string,
  { documents, withoutKey, groups, surplus }: SeenDuplicates,
): SharedKeys {
  const without = withoutKey === 0 ? '' : `; ${many(withoutKey, 'document')} have none`
  return {
    value: { documents, withoutKey, groups, surplus },
    without,
    because: `keys that more than one document has: ${separated(groups)}${without}`,
    nobodyHasIt: documents > 0 && withoutKey === documents,
    fieldsThere: [`ops data check ${namespace}   (shows which fields there are)`],
  }
}
