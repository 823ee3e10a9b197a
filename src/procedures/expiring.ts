import type { LiveNamespace } from '../ports/mongo.js'

/** Whether its documents go by themselves: by an index, or as a whole; time-series and clustered collections have it among their options. */
export function isExpiring({ indexes, options = {} }: LiveNamespace): boolean {
  return (
    'expireAfterSeconds' in options ||
    indexes.some((index) => 'expireAfterSeconds' in index.options)
  )
}

/** What hashes call it: those of a time-series are of its buckets. */
export function namesOfHashes({ database, collection }: LiveNamespace): readonly string[] {
  return [`${database}.${collection}`, `${database}.system.buckets.${collection}`]
}
