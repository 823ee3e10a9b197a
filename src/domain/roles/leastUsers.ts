import type { Target } from '../target.js'

/** A role that is there already: of the server's, in a database. */
interface GrantedRole {
  readonly role: string
  readonly db: string
}

/** Actions on a part of the server (https://www.mongodb.com/docs/manual/reference/resource-document/). */
interface Privilege {
  readonly resource:
    | { readonly cluster: true }
    /** Empty names: every database, every collection of it that is not the server's own. */
    | { readonly db: string; readonly collection: string }
    /** What time-series of a database are stored in: no role of one database has it. Known since 5.0. */
    | { readonly db: string; readonly system_buckets: '' }
  readonly actions: readonly string[]
}

const readingActions = ['collStats', 'find', 'listIndexes']

const writingActions = [
  ...readingActions,
  ...['insert', 'update', 'remove', 'bypassDocumentValidation', 'validate'],
  ...['createCollection', 'dropCollection', 'renameCollectionSameDB', 'collMod'],
  ...['createIndex', 'dropIndex'],
]

/** A user of the server for one kind of work, and a role of the same name that holds what it takes. */
interface LeastUser {
  readonly user: string
  /** What he is for, in words. */
  readonly for: string
  readonly roles: readonly GrantedRole[]
  readonly privileges: readonly Privilege[]
}

/**
 * Users for a target, each with what its work takes and no more; tried with 6.0 by doing that work as each of them. They bear
 * the name of the target: two targets may be on one server, and the script of one would give its rights to the users of the other. None
 * of them may make users or hand out roles. Who reads a whole server reads what it keeps of users too: a dump of it holds that.
 *
 * - `ops_backup` reads; the whole server where backups take it in, else the one database.
 * - `ops_restore` writes the databases of the target, also by replaying an oplog. A restore saves what is there first, and that
 *   takes in the whole server.
 * - `ops_recovery` sees besides how the set is, and proves by a note in its oplog that the server takes writes.
 * - `ops_health` is told how the server is. It reads no collection, but the oplog: how much would be lost is counted there, and what is
 *   written stands there.
 */
export function leastUsers(
  target: Pick<Target, 'name' | 'databases' | 'pointInTime'>,
): readonly LeastUser[] {
  const { name, databases, pointInTime } = target
  const named = (work: string) => `ops_${work}_${name}`
  const [first] = databases
  // mongodump takes either one database or all of the server.
  const only = databases.length === 1 && !pointInTime ? first : undefined
  const writing: readonly GrantedRole[] =
    databases.length === 0
      ? [inAdmin('readWriteAnyDatabase'), inAdmin('dbAdminAnyDatabase')]
      : databases.flatMap((db) => [
          { role: 'readWrite', db },
          { role: 'dbAdmin', db },
        ])
  const restoring = [inAdmin('backup'), ...writing]
  const replaying: readonly Privilege[] = [
    ...databases.map((db) => bucketsOf(db, writingActions)),
    // A dump of a whole replica set holds what was written meanwhile, and each operation of it takes its own right besides.
    { resource: { cluster: true }, actions: ['applyOps'] },
  ]
  return [
    {
      user: named('backup'),
      for: 'ops backup, ops pitr slice',
      roles: only === undefined ? [inAdmin('backup')] : [{ role: 'read', db: only }],
      privileges: only === undefined ? [] : [bucketsOf(only, readingActions)],
    },
    {
      user: named('restore'),
      for: 'ops restore, ops undo (and what the one for backups is for)',
      roles: restoring,
      privileges: replaying,
    },
    {
      user: named('recovery'),
      for: 'ops dr container, ops dr deletion (and what the two above are for)',
      roles: [...restoring, inAdmin('clusterMonitor')],
      privileges: [...replaying, { resource: { cluster: true }, actions: ['appendOplogNote'] }],
    },
    {
      user: named('health'),
      for: 'ops status, ops health: how the server is, and its oplog, in which documents stand as they are written',
      roles: [],
      privileges: watching(databases),
    },
  ]
}

/**
 * What `ops health` and `ops status` ask. Not the role `clusterMonitor`: it reads the log too, which quotes slow queries with
 * what they look for, and all of `local`. What runs long is told by operation and namespace, though the right to ask (`inprog`) shows whole commands.
 */
function watching(databases: readonly string[]): readonly Privilege[] {
  const everywhere = databases.length === 0 ? [''] : databases
  return [
    {
      resource: { cluster: true },
      actions: [
        ...['serverStatus', 'replSetGetStatus', 'replSetGetConfig', 'inprog'],
        // Whether a majority confirms a write is tried by a note, which changes no data.
        'appendOplogNote',
        ...(databases.length === 0 ? ['listDatabases'] : []),
      ],
    },
    ...everywhere.map((db) => ({
      resource: { db, collection: '' },
      actions: ['dbStats', 'collStats', 'listCollections', 'listIndexes'],
    })),
    // Without this one, how much would be lost is not known (unknown), nor how far back the oplog reaches.
    { resource: { db: 'local', collection: 'oplog.rs' }, actions: ['find'] },
    { resource: { db: 'local', collection: 'startup_log' }, actions: ['find'] },
  ]
}

function inAdmin(role: string): GrantedRole {
  return { role, db: 'admin' }
}

function bucketsOf(db: string, actions: readonly string[]): Privilege {
  return { resource: { db, system_buckets: '' }, actions }
}
