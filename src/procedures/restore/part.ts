import { bucketsPrefix } from '../../domain/buckets.js'
import type { ArchiveContents, NamespaceContents } from '../../domain/contents.js'

/** Databases of an archive, or one collection of one of them. */
interface Wanted {
  readonly databases: readonly string[]
  readonly collection?: string | undefined
}

/** What an archive holds of a part of it. */
export interface Part {
  /** Namespaces of the archive, under their names there. */
  readonly namespaces: Readonly<Record<string, NamespaceContents>>
  /**
   * `database.collection` of what was made while the backup was taken: only its oplog knows of it. It may be dropped
   * again by the same oplog.
   */
  readonly born: readonly string[]
}

/** Whether a namespace belongs to what is wanted. */
export function isWanted(
  { databases, collection }: Wanted,
  namespace: { readonly database: string; readonly collection: string },
): boolean {
  return (
    databases.includes(namespace.database) &&
    (collection === undefined || collection === namespace.collection)
  )
}

/** Cuts a part out of the contents of an archive. */
export function partOf(contents: ArchiveContents, wanted: Wanted): Part {
  const inside = Object.entries(contents.namespaces).filter(([, namespace]) =>
    isWanted(wanted, namespace),
  )
  const namespaces = Object.fromEntries(inside)
  const { writes = {}, views = [] } = contents.oplog ?? {}
  const born = new Set(
    [...Object.keys(writes), ...views]
      .map(splitNamespace)
      .filter(
        (namespace) => isWanted(wanted, namespace) && !ofWholeDatabase.has(namespace.collection),
      )
      .map(({ database, collection }) => `${database}.${collection}`)
      .filter((name) => !(name in namespaces)),
  )
  return { namespaces, born: [...born] }
}

/** Names that stand for no single collection. */
const ofWholeDatabase: ReadonlySet<string> = new Set(['$cmd', 'system.views'])

/** Database and collection of a name; buckets are known by the name of their time-series. */
export function splitNamespace(name: string): {
  readonly database: string
  readonly collection: string
} {
  const dot = name.indexOf('.')
  const stored = name.slice(dot + 1)
  return {
    database: name.slice(0, dot),
    collection: stored.startsWith(bucketsPrefix) ? stored.slice(bucketsPrefix.length) : stored,
  }
}
