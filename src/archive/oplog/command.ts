import type { Elements } from '../bson/elements.js'
import { bsonType } from '../bson/type.js'

/** Ends of a transaction: they write nothing themselves and name no collection. */
export const transactionEnds: ReadonlySet<string> = new Set([
  'commitTransaction',
  'abortTransaction',
])

/** `applyOps` inside `applyOps`: servers allow some, nothing sound needs many. */
export const deepestNesting = 10

/** A command as the oplog carries it: its name is the first field of its document. */
export interface OplogCommand {
  readonly name: string
  /** `database.collection` it is about; `database.$cmd` where it is about no single collection. */
  readonly namespace: string
}

/** Reads the command that `object`, not walked yet, begins with. Leaves `object` at its first element. */
export function readCommand(namespace: string, object: Elements): OplogCommand | undefined {
  if (!object.next()) return undefined
  const { name, text } = object
  if (text === undefined) return { name, namespace }
  // Only renameCollection names its database too.
  if (name === 'renameCollection') return { name, namespace: text }
  const [database] = splitNamespace(namespace)
  return { name, namespace: `${database}.${text}` }
}

/**
 * What a `renameCollection` makes of a collection: the new name, and whether one that had it is replaced, as `$out` does with its
 * results. `object` stands at its first element.
 */
export function renamedTo(object: Elements): { readonly to?: string; readonly replaces: boolean } {
  let to: string | undefined
  let replaces = false
  while (object.next()) {
    if (object.name === 'to') to = object.text
    else if (object.name === 'dropTarget')
      replaces = object.type !== bsonType.boolean || object.bytes[object.start] === 1
  }
  return { ...(to === undefined ? {} : { to }), replaces }
}

/** Database and collection of `database.collection`; names of databases hold no dot. */
export function splitNamespace(namespace: string): [database: string, collection: string] {
  const dot = namespace.indexOf('.')
  return dot < 0 ? [namespace, ''] : [namespace.slice(0, dot), namespace.slice(dot + 1)]
}

/**
 * What a command changes. A renaming changes two: results of `$out` have a name of the server's own until they replace a collection.
 * `object` stands at its first element.
 */
export function subjectsOf(
  command: OplogCommand,
  namespace: string,
  object: Elements,
): readonly string[] {
  if (command.name === 'dropDatabase') return [splitNamespace(namespace)[0]]
  if (command.name !== 'renameCollection') return [command.namespace]
  const { to } = renamedTo(object)
  return [...(to === undefined ? [] : [to]), command.namespace]
}
