import type { NamespaceType } from './contents.js'

/** What the name of the collection begins with that holds the buckets of a time-series; the rest is the name of that. */
export const bucketsPrefix = 'system.buckets.'

/** Where the documents of a collection lie: a time-series keeps them in buckets, which is what an archive holds of it. */
export function storedName(collection: string, type: NamespaceType): string {
  return type === 'timeseries' ? `${bucketsPrefix}${collection}` : collection
}
