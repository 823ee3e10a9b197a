import type { ArchiveContents, NamespaceContents } from '../../domain/contents.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { LiveNamespace } from '../../ports/mongo.js'

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
}

/** The server's own databases: never restored over a running server, users and roles among them. */
const ownDatabases = new Set(['admin', 'config', 'local'])

/** Letters the server refuses in database names, and a leading dash, which tools would take for a flag. */
const databaseName = /^[^-/\\. "$*<>:|?\0][^/\\. "$*<>:|?\0]{0,62}$/

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
  const kept = Object.entries(contents.namespaces).filter(
    ([, namespace]) =>
      wanted.includes(namespace.database) &&
      (collection === undefined || namespace.collection === collection),
  )
  if (collection !== undefined && kept.length === 0) {
    throw new Failure(
      'not-found',
      'COLLECTION_NOT_IN_BACKUP',
      `the backup holds no ${wanted.join()}.${collection}`,
      ['ops backup show'],
    )
  }
  return {
    databases: wanted,
    namespaces: Object.fromEntries(kept),
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
  if (!databaseName.test(into) || ownDatabases.has(into)) {
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
  if (selection.into !== undefined) return []
  return live.filter(
    ({ database, collection }) =>
      selection.databases.includes(database) &&
      (selection.collection === undefined || selection.collection === collection) &&
      !(`${database}.${collection}` in selection.namespaces),
  )
}
