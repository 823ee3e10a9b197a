import { bucketsPrefix } from '../../domain/buckets.js'
import { splitNamespace } from '../oplog/command.js'

/**
 * All that mongodump takes of `config` and mongorestore replays there (`ConfigCollectionsToKeep`,
 * https://github.com/mongodb/mongo-tools/blob/master/common/dumprestore/config.go). What is not among them are the
 * server's own notes: `transactions` and `image_collection` (what retried writes answer), `system.sessions`,
 * `system.indexBuilds`, `system.preimages`.
 */
const configKept: ReadonlySet<string> = new Set([
  'chunks',
  'collections',
  'databases',
  'settings',
  'shards',
  'tags',
  'version',
])

/** Collections named `system.…` that hold users' data; mongodump takes no others (`shouldSkipSystemNamespace`, mongodump/prepare.go). */
const systemKept: ReadonlySet<string> = new Set(['system.js', 'system.views'])

const adminKept: ReadonlySet<string> = new Set(['system.users', 'system.roles'])

/**
 * Whether writes and commands on `database.collection` are replayed. The same rule as that by which a base is dumped, so
 * that nothing is replayed on what is not there. `local` is never replicated, `admin.system.keys` signs the clock of the
 * set it was made in, `admin.system.version` says what the server is, and `__mdb_internal…` is skipped by mongorestore.
 */
export function isReplayed(namespace: string): boolean {
  const [database, collection] = splitNamespace(namespace)
  if (database === '' || database === 'local' || database.startsWith('__mdb_internal')) return false
  if (database === 'config') return configKept.has(collection)
  if (!collection.startsWith('system.')) return true
  if (database === 'admin' && adminKept.has(collection)) return true
  return systemKept.has(collection) || collection.startsWith(bucketsPrefix)
}

/**
 * Kinds of operations that change nothing that a restore brings back: `n` is a note of the server, the others (since 8.0)
 * number records inside it. mongorestore skips them too, newer ones at least (`ignoredOps`, mongorestore/oplog.go).
 */
export const notes: ReadonlySet<string> = new Set(['n', 'ci', 'cu', 'cd', 'km'])

/** Kinds of operations that write a document. */
export const writes: ReadonlySet<string> = new Set(['i', 'u', 'd'])

/**
 * Commands about indexes. mongorestore keeps a list of indexes that it builds at the very end: `createIndexes`,
 * `commitIndexBuild` and `dropIndexes` change that list alone, `startIndexBuild` and `abortIndexBuild` are skipped
 * (`HandleOp`, `HandleNonTxnOp`). None of it is passed on: the list is put right once, at the end of the oplog.
 */
export const aboutIndexes: ReadonlySet<string> = new Set([
  'createIndexes',
  'startIndexBuild',
  'commitIndexBuild',
  'abortIndexBuild',
  'dropIndexes',
  'dropIndex',
  'deleteIndexes',
  'deleteIndex',
])

/**
 * Commands about the server's own keeping: `dbCheck` compares members of a set, `setMultikeyMetadata` and `dropIdent` (8.x)
 * name what exists only in the server that wrote them.
 */
export const ofTheServer: ReadonlySet<string> = new Set([
  'dbCheck',
  'setMultikeyMetadata',
  'dropIdent',
])

/** Commands on one collection that mongorestore knows and whose outcome is followed here. */
export const onOneCollection: ReadonlySet<string> = new Set([
  'create',
  'drop',
  'collMod',
  'emptycapped',
])
