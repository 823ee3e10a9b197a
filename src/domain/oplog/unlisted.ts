import { bucketsPrefix } from '../buckets.js'
import type { ArchiveContents } from '../contents.js'

const ownDatabases: ReadonlySet<string> = new Set(['admin', 'config', 'local'])

/** Namespaces that an archive's oplog writes documents to, though the archive does not have them: `database.collection`. */
export interface UnlistedNamespaces {
  /** A command is about them as well: one that drops or makes them. */
  readonly passing: readonly string[]
  /** No command is about them: nobody can replay these writes. */
  readonly missing: readonly string[]
}

/**
 * Which namespaces only the oplog of an archive knows. mongodump notes where its oplog begins, and then lists collections,
 * database by database (`Dump`, mongodump/mongodump.go): one that is written to and dropped between the two is in no list,
 * and the server refuses to replay the writes (NamespaceNotFound). Views and the server's own notes are not looked at:
 * they are not replayed.
 */
export function unlistedNamespaces({
  namespaces,
  oplog,
}: Pick<ArchiveContents, 'namespaces' | 'oplog'>): UnlistedNamespaces {
  const passing: string[] = []
  const missing: string[] = []
  for (const [name, { inserts, updates, commands }] of Object.entries(oplog?.writes ?? {})) {
    const listed = listedName(name)
    if (inserts + updates === 0 || listed === undefined || listed in namespaces) continue
    if (commands > 0) passing.push(name)
    else missing.push(name)
  }
  return { passing, missing }
}

/**
 * The name under which a whole archive lists what an oplog calls `namespace`: a time-series stands under its own name and
 * is written to by that of its buckets. Undefined for the server's own databases, views, and whatever else is not listed
 * for certain.
 */
export function listedName(namespace: string): string | undefined {
  const dot = namespace.indexOf('.')
  const [database, collection] = [namespace.slice(0, dot), namespace.slice(dot + 1)]
  if (ownDatabases.has(database)) return undefined
  if (collection.startsWith(bucketsPrefix))
    return `${database}.${collection.slice(bucketsPrefix.length)}`
  const isOwn = collection.startsWith('system.') && collection !== 'system.js'
  return isOwn ? undefined : namespace
}
