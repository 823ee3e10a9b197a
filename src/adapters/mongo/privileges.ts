import type { Document, MongoClient } from 'mongodb'

interface Privilege {
  readonly resource: {
    readonly db?: string
    readonly collection?: string
    readonly cluster?: boolean
    readonly anyResource?: boolean
  }
  readonly actions: readonly string[]
}

/**
 * What reading everything takes (the `backup` role), and what replacing it takes (the `restore` role): only what cannot be
 * done without. Status and sizes are asked for too, but a backup goes without them.
 */
const backupActions = ['find', 'listCollections', 'listIndexes']
const restoreActions = ['insert', 'createCollection', 'createIndex', 'dropCollection']

/** What replaying an oplog takes besides: the server asks for the right to each operation in it. */
const replayActions = ['update', 'remove', 'collMod', 'dropIndex', 'dropDatabase']

/** Actions this connection lacks on these databases, as `action on database`. A server without authentication lacks nothing. */
export async function missingPrivileges(
  client: MongoClient,
  databases: readonly string[],
): Promise<{
  authenticated: boolean
  missingForBackup: readonly string[]
  missingForRestore: readonly string[]
  missingForReplay: readonly string[]
  mayInitiate: boolean
  mayDoEverything: boolean
}> {
  const answer: Document = await client
    .db('admin')
    .command({ connectionStatus: 1, showPrivileges: true })
  const info = answer['authInfo'] as {
    authenticatedUsers: readonly unknown[]
    authenticatedUserPrivileges: readonly Privilege[]
  }
  const { authenticatedUsers: users, authenticatedUserPrivileges: privileges } = info
  if (users.length === 0) {
    // Nobody is signed in. Where the server asks for it, this fails with "unauthorized", and says so.
    await client
      .db('admin')
      .command({ listDatabases: 1, nameOnly: true, authorizedDatabases: false })
    return {
      authenticated: false,
      missingForBackup: [],
      missingForRestore: [],
      missingForReplay: [],
      mayInitiate: true,
      mayDoEverything: true,
    }
  }
  const lacking = (actions: readonly string[]) =>
    databases.flatMap((database) =>
      actions
        .filter((action) => !privileges.some((privilege) => allows(privilege, database, action)))
        .map((action) => `${action} on ${database}`),
    )
  const mayOnServer = (action: string) =>
    privileges.some((privilege) => allowsOnServer(privilege, action))
  return {
    authenticated: true,
    missingForBackup: lacking(backupActions),
    missingForRestore: lacking(restoreActions),
    missingForReplay: [
      ...(mayOnServer('applyOps') ? [] : ['applyOps on the server']),
      ...lacking(replayActions),
    ],
    mayInitiate: mayOnServer('replSetConfigure'),
    // Who may hand out the roles of "admin" may hand "root" to himself.
    mayDoEverything: privileges.some(
      (privilege) =>
        (privilege.resource.anyResource === true && privilege.actions.includes('anyAction')) ||
        allows(privilege, 'admin', 'grantRole'),
    ),
  }
}

function allowsOnServer({ resource, actions }: Privilege, action: string): boolean {
  if (resource.anyResource === true) return actions.includes('anyAction')
  return resource.cluster === true && actions.includes(action)
}

function allows({ resource, actions }: Privilege, database: string, action: string): boolean {
  const covers =
    resource.anyResource === true ||
    ((resource.db === '' || resource.db === database) && resource.collection === '')
  return covers && (actions.includes(action) || actions.includes('anyAction'))
}
