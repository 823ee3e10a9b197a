import { counted } from './counted.js'

/** Writes to one namespace, those of committed transactions included. */
export interface NamespaceWrites {
  readonly inserts: number
  readonly updates: number
  readonly deletes: number
  /** Commands by their names, as `drop: 1`. */
  readonly commands: Readonly<Record<string, number>>
}

/** What was written since a point in time, and is lost by going back to it. Times are RFC 3339 UTC. */
export interface Discarded {
  /** The point; null where it is not known. */
  readonly since: string | null
  /** When the newest entry that was read was written; null where none was. */
  readonly until: string | null
  /** Inserts, updates, deletes and commands together. */
  readonly operations: number
  /** `database.collection`, or the database alone where it was dropped. */
  readonly namespaces: Readonly<Record<string, NamespaceWrites>>
  /** Why there may be more of them than this; null where these are all. */
  readonly more: string | null
  /** Why nothing could be counted; null where it was. Where `more` says the same, there was no time, and another look may find some. */
  readonly notCounted: string | null
  /** What else was counted that is no work of the operator's clients. */
  readonly among: readonly string[]
}

/** Namespaces that a plan names; what the others lost is said in one line. */
const most = 12

/** How much is lost, as lines of a plan. */
export function discardedLines(discarded: Discarded): readonly string[] {
  const { operations, namespaces, until, more, notCounted, among } = discarded
  if (notCounted !== null) return [`how many writes that is could not be counted: ${notCounted}`]
  const upTo = until === null ? '' : `, counted up to ${until}`
  if (operations === 0 && more === null) return [`that is nothing: no such write is in the oplog`]
  const all = Object.entries(namespaces).toSorted(
    ([, one], [, other]) => writesTo(other) - writesTo(one),
  )
  const rest = all.slice(most)
  const restWrites = rest.reduce((sum, [, writes]) => sum + writesTo(writes), 0)
  return [
    `${more === null ? '' : 'more than '}${counted(operations, 'operation')}${upTo}${more === null ? '' : ` (${more})`}`,
    ...all.slice(0, most).map(([name, writes]) => `${name}: ${writesText(writes)}`),
    ...(rest.length === 0
      ? []
      : [
          `${counted(rest.length, 'other collection')}: ${counted(restWrites, 'operation')} together`,
        ]),
    ...among.map((what) => `among them ${what}`),
  ]
}

/** `12 inserts, 1 delete, 1 drop`. */
function writesText({ inserts, updates, deletes, commands }: NamespaceWrites): string {
  return [
    ...(inserts > 0 ? [counted(inserts, 'insert')] : []),
    ...(updates > 0 ? [counted(updates, 'update')] : []),
    ...(deletes > 0 ? [counted(deletes, 'delete')] : []),
    ...Object.entries(commands).map(([name, count]) => `${count.toString()} ${name}`),
  ].join(', ')
}

/** Everything that was written to a namespace. */
export function writesTo({ inserts, updates, deletes, commands }: NamespaceWrites): number {
  return Object.values(commands).reduce((sum, count) => sum + count, inserts + updates + deletes)
}
