/** What the name of the collection begins with that holds the buckets of a time-series; the rest is the name of that. */
export const bucketsPrefix = 'system.buckets.'
