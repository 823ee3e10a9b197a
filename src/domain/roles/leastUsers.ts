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
 * Users for a target, each with what its work takes and no more; tried with 6.0 by doing that work as each of them. None
 * of them may make users or hand out roles. Who reads a whole server reads what it keeps of users too: a dump of it holds that.
 *
 * - `ops_backup` reads; the whole server where backups take it in, else the one database.
 * - `ops_restore` writes the databases of the target, also by replaying an oplog. A restore saves what is there first, and that
 *   takes in the whole server.
 * - `ops_recovery` sees besides how the set is, and proves by a note in its oplog that the server takes writes.
 * - `ops_health` is told how the server is, and reads no document.
 */
export function leastUsers(
  target: Pick<Target, 'databases' | 'pointInTime'>,
): readonly LeastUser[] {
  const { databases, pointInTime } = target
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
      user: 'ops_backup',
      for: 'ops backup, ops pitr slice',
      roles: only === undefined ? [inAdmin('backup')] : [{ role: 'read', db: only }],
      privileges: only === undefined ? [] : [bucketsOf(only, readingActions)],
    },
    {
      user: 'ops_restore',
      for: 'ops restore, ops undo (and what ops_backup is for)',
      roles: restoring,
      privileges: replaying,
    },
    {
      user: 'ops_recovery',
      for: 'ops dr container, ops dr deletion (and what the two above are for)',
      roles: [...restoring, inAdmin('clusterMonitor')],
      privileges: [...replaying, { resource: { cluster: true }, actions: ['appendOplogNote'] }],
    },
    {
      user: 'ops_health',
      for: 'ops status, and monitoring: how the server is, no document',
      roles: [inAdmin('clusterMonitor')],
      privileges: [],
    },
  ]
}

function inAdmin(role: string): GrantedRole {
  return { role, db: 'admin' }
}

function bucketsOf(db: string, actions: readonly string[]): Privilege {
  return { resource: { db, system_buckets: '' }, actions }
}
