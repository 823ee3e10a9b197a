import type {
  ArchiveContents,
  IndexDefinition,
  NamespaceContents,
  OplogWrites,
} from '../../domain/contents.js'
import type { LiveNamespace } from '../../ports/mongo.js'
import { liveName, type Selection } from './selection.js'

/** One namespace after a restore. */
export interface Compared {
  readonly documents: number
  /** What the backup says; where its oplog wrote to the namespace, the fewest and most that can be right. */
  readonly expected: number
  readonly atLeast: number
  readonly atMost: number
}

/** What a restore brought back, and everything that is not as the backup says. */
export interface Comparison {
  readonly collections: Readonly<Record<string, Compared>>
  readonly problems: readonly string[]
  /** Those of them that are about documents: missing ones, or too many. */
  readonly documentProblems: readonly string[]
  /** Differences that are as they should be, and worth a word. */
  readonly notes: readonly string[]
}

/**
 * Holds what is on the server now against what the archive said. Writes that came while the dump ran are replayed on
 * top of it: each insert may or may not have been in the dump already, so the count then lies within bounds.
 */
export function compareRestored(
  contents: ArchiveContents,
  selection: Selection,
  live: readonly LiveNamespace[],
): Comparison {
  const now = new Map(
    live.map((namespace) => [`${namespace.database}.${namespace.collection}`, namespace]),
  )
  const collections: Record<string, Compared> = {}
  const problems: string[] = []
  const documentProblems: string[] = []
  const notes: string[] = []

  for (const [name, namespace] of Object.entries(selection.namespaces)) {
    const where = liveName(namespace, selection)
    const found = now.get(where)
    const writes = writesTo(namespace, contents)
    const changed = changedByCommand(name, namespace, contents)
    if (!found) {
      if (!changed) documentProblems.push(`${where} is not there`)
      continue
    }
    const { documents: expected } = namespace
    const fewest = changed ? 0 : Math.max(0, expected - writes.deletes)
    const atLeast = expires(namespace) ? 0 : fewest
    const atMost = changed ? Number.MAX_SAFE_INTEGER : expected + writes.inserts + writes.updates
    if (found.documents < fewest && expires(namespace)) {
      notes.push(
        `${where} has ${found.documents.toString()} documents of ${expected.toString()}: the server removes what has expired`,
      )
    }
    collections[where] = { documents: found.documents, expected, atLeast, atMost }
    if (found.documents < atLeast || found.documents > atMost) {
      documentProblems.push(
        `${where} has ${found.documents.toString()} documents instead of ${expected.toString()}`,
      )
    }
    if (!changed) problems.push(...missingIndexes(where, namespace.indexes, found.indexes))
  }
  return {
    collections,
    problems: [...documentProblems, ...problems],
    documentProblems,
    notes,
  }
}

/** Whether the archive's own oplog makes, changes or drops the namespace as a whole: then its prelude does not bind. */
export function changedByCommand(
  name: string,
  namespace: NamespaceContents,
  contents: ArchiveContents,
): boolean {
  return (
    writesTo(namespace, contents).commands > 0 || (contents.oplog?.views?.includes(name) ?? false)
  )
}

/** The oplog names a time-series by its buckets, which is also what an archive counts of it, or by its own name. */
function writesTo(
  { database, collection, storedAs = collection }: NamespaceContents,
  { oplog }: ArchiveContents,
): OplogWrites {
  const names = new Set([`${database}.${collection}`, `${database}.${storedAs}`])
  const all = [...names].flatMap((name) => oplog?.writes[name] ?? [])
  const total = (what: keyof OplogWrites) => all.reduce((sum, writes) => sum + writes[what], 0)
  return {
    inserts: total('inserts'),
    updates: total('updates'),
    deletes: total('deletes'),
    commands: total('commands'),
  }
}

/** Whether the server's own TTL monitor may remove documents between the restore and the counting. */
function expires({ indexes, options = {} }: NamespaceContents): boolean {
  return (
    'expireAfterSeconds' in options ||
    indexes.some((index) => 'expireAfterSeconds' in index.options)
  )
}

function missingIndexes(
  where: string,
  wanted: readonly IndexDefinition[],
  found: readonly IndexDefinition[],
): string[] {
  const there = new Map(found.map((index) => [index.name, JSON.stringify(index.key)]))
  return wanted.flatMap((index) => {
    const key = there.get(index.name)
    if (key === undefined) return [`${where} lacks its index ${index.name}`]
    // A text index is stored under other key names than it was asked for with; its name must do.
    if (Object.values(index.key).includes('text')) return []
    return key === JSON.stringify(index.key)
      ? []
      : [`${where} has an index ${index.name} with other keys`]
  })
}
