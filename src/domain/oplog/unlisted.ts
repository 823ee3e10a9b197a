import { bucketsPrefix } from '../buckets.js'
import type { NamespaceType, OplogWrites, UnlistedNamespaces } from '../contents.js'

const ownDatabases: ReadonlySet<string> = new Set(['admin', 'config', 'local'])

/** What is known of an archive that was read to its end. */
export interface OplogSeen {
  readonly writes: Readonly<Record<string, OplogWrites>>
  /** Whether a namespace is one that documents are written to and that the archive has. */
  readonly has: (namespace: string) => boolean
  /** Whether the oplog makes or drops it: `create`, `drop`, either name of a renaming. */
  readonly comesOrGoes: (namespace: string) => boolean
}

/**
 * Which namespaces only the oplog of an archive knows; undefined where there are none. mongodump (since 100.7.0) notes where its
 * oplog begins, and then lists collections, database by database (`Dump`, mongodump/mongodump.go): one that is written to and
 * dropped between the two is in no list, and the server refuses to replay the writes (NamespaceNotFound). Older ones list first:
 * what is made between the two is missing.
 */
export function unlistedNamespaces({
  writes,
  has,
  comesOrGoes,
}: OplogSeen): UnlistedNamespaces | undefined {
  const passing: string[] = []
  const missing: string[] = []
  for (const [name, { inserts, updates }] of Object.entries(writes)) {
    if (inserts + updates === 0 || !isListed(name) || has(name)) continue
    if (comesOrGoes(name)) passing.push(name)
    else missing.push(name)
  }
  return passing.length + missing.length === 0 ? undefined : { passing, missing }
}

/**
 * Whether a whole archive lists a namespace that documents are written to: not the server's own databases, nor views, nor whatever
 * else is not listed for certain.
 */
export function isListed(namespace: string): boolean {
  const dot = namespace.indexOf('.')
  const [database, collection] = [namespace.slice(0, dot), namespace.slice(dot + 1)]
  if (ownDatabases.has(database) || database.startsWith('__mdb_internal')) return false
  if (collection.startsWith(bucketsPrefix) || collection === 'system.js') return true
  return !collection.startsWith('system.')
}

/**
 * The names by which documents are written to what an archive lists: none for a view; for a time-series the name of its buckets, and
 * its own (since server 8.3).
 */
export function writtenNames(
  database: string,
  collection: string,
  type: NamespaceType,
): readonly string[] {
  if (type === 'view') return []
  const name = `${database}.${collection}`
  return type === 'timeseries' ? [name, `${database}.${bucketsPrefix}${collection}`] : [name]
}
