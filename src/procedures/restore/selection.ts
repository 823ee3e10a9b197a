import { isDatabaseName } from '../../archive/select.js'
import type { ArchiveContents, NamespaceContents } from '../../domain/contents.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { LiveNamespace } from '../../ports/mongo.js'
import { isWanted, partOf } from './part.js'

/** What the operator wants back. */
export interface Choice {
  readonly database?: string
  readonly collection?: string
  /** Name of a copy beside the live database. */
  readonly into?: string
}

/** What is restored from an archive, and to where. */
export interface Selection {
  /** Databases that will be as the archive has them. */
  readonly databases: readonly string[]
  readonly collection?: string
  readonly into?: string
  /** Namespaces of the archive that are restored, under their names there. */
  readonly namespaces: Readonly<Record<string, NamespaceContents>>
  /** What was made while the backup was taken, as `database.collection`: it comes back by its oplog alone. */
  readonly born?: readonly string[]
}

/** The server's own databases: never restored over a running server, users and roles among them. */
export const ownDatabases: ReadonlySet<string> = new Set(['admin', 'config', 'local'])

/**
 * Decides what is restored. Throws `DATABASE_NOT_IN_BACKUP`, `COLLECTION_NOT_IN_BACKUP` (not-found), `INTO_AMBIGUOUS`,
 * `COLLECTION_AMBIGUOUS`, `INTO_INVALID` (usage), `NOTHING_TO_RESTORE` (refused).
 */
export function decideSelection(
  choice: Choice,
  target: Target,
  contents: ArchiveContents,
): Selection {
  const { database, collection, into } = choice
  const all = Object.values(contents.namespaces)
  const inside = [...new Set(all.map((namespace) => namespace.database))].filter(
    (name) => !ownDatabases.has(name),
  )
  const wanted =
    database === undefined ? (target.databases.length > 0 ? target.databases : inside) : [database]
  if (wanted.length === 0) {
    throw new Failure(
      'refused',
      'NOTHING_TO_RESTORE',
      'the backup holds no database of yours: nothing would be restored',
      ['ops backup list', 'ops backup show'],
    )
  }
  const absent = wanted.filter((name) => !inside.includes(name))
  if (absent.length > 0) {
    throw new Failure(
      'not-found',
      'DATABASE_NOT_IN_BACKUP',
      `the backup does not hold ${absent.join(', ')} (it holds: ${inside.join(', ') || 'no database'})`,
      ['ops backup list', 'ops restore --database NAME'],
    )
  }
  if (collection !== undefined && wanted.length !== 1) {
    throw new Failure(
      'usage',
      'COLLECTION_AMBIGUOUS',
      '--collection needs --database: the backup holds several',
      [`ops restore --database ${inside[0] ?? 'NAME'} --collection ${collection}`],
    )
  }
  if (into !== undefined) requireInto(into, wanted)
  const { namespaces, born } = partOf(contents, { databases: wanted, collection })
  if (collection !== undefined && Object.keys(namespaces).length === 0) {
    throw new Failure(
      'not-found',
      'COLLECTION_NOT_IN_BACKUP',
      `the backup holds no ${wanted.join()}.${collection}`,
      ['ops backup show'],
    )
  }
  return {
    databases: wanted,
    namespaces,
    born,
    ...(collection === undefined ? {} : { collection }),
    ...(into === undefined ? {} : { into }),
  }
}

function requireInto(into: string, databases: readonly string[]): void {
  if (databases.length !== 1) {
    throw new Failure(
      'usage',
      'INTO_AMBIGUOUS',
      `--into makes a copy of one database, the backup would restore ${databases.join(', ')}`,
      [`ops restore --database ${databases[0] ?? 'NAME'} --into ${into}`],
    )
  }
  // A leading dash would be a flag to tools.
  if (!isDatabaseName(into) || into.startsWith('-') || ownDatabases.has(into)) {
    throw new Failure(
      'usage',
      'INTO_INVALID',
      `"${into}" cannot be the name of a database of yours`,
      [`ops restore --into ${databases[0] ?? 'medical'}_copy`],
    )
  }
}

/** Where a namespace of the archive goes. */
export function liveName(
  { database, collection }: Pick<NamespaceContents, 'database' | 'collection'>,
  { into }: Pick<Selection, 'into'>,
): string {
  return `${into ?? database}.${collection}`
}

/** Collections that are live in the databases to be replaced, but not in the archive: they did not exist then. */
export function extras(
  live: readonly LiveNamespace[],
  selection: Selection,
): readonly LiveNamespace[] {
  return inReach(live, selection).filter((namespace) => {
    // It cannot be dropped: without documents it is as good as gone.
    if (namespace.collection === 'system.js' && namespace.documents === 0) return false
    const name = liveName(namespace, {})
    return !(name in selection.namespaces) && !isBorn(name, selection)
  })
}

/**
 * Collections that are live and were made while the backup was taken. The archive does not list them, so mongorestore
 * would not drop them, but replay their making on top of what is there: they are to be dropped before.
 */
export function reborn(
  live: readonly LiveNamespace[],
  selection: Selection,
): readonly LiveNamespace[] {
  return inReach(live, selection).filter((namespace) => isBorn(liveName(namespace, {}), selection))
}

/** Nothing that is there is replaced by a copy beside it. */
function inReach(live: readonly LiveNamespace[], selection: Selection): readonly LiveNamespace[] {
  return selection.into === undefined ? live.filter((each) => isWanted(selection, each)) : []
}

function isBorn(name: string, { born = [] }: Selection): boolean {
  return born.includes(name)
}
