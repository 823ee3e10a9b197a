import { bucketsPrefix } from '../../domain/buckets.js'
import type { Target } from '../../domain/target.js'
import { isOfTarget } from '../moment/scope.js'
import type { Selection } from '../restore/selection.js'

/** Tells namespaces that count from others: asked with a database alone where that was dropped. */
export type IsCounted = (namespace: string) => boolean

/** Tells the namespaces that a restore replaces. */
export function isReplacedBy({
  databases,
  collection,
}: Pick<Selection, 'databases' | 'collection'>): IsCounted {
  const all = new Set(databases)
  if (collection === undefined) return isIn((database) => all.has(database))
  const names = new Set([collection, bucketsPrefix + collection])
  return (namespace) => {
    const { database, name } = parts(namespace)
    return all.has(database) && (name === undefined || names.has(name))
  }
}

/** Tells the namespaces that belong to a target. */
export function isWrittenIn(target: Pick<Target, 'databases'>): IsCounted {
  return isIn(isOfTarget(target))
}

function isIn(isWanted: (database: string) => boolean): IsCounted {
  return (namespace) => {
    const { database, name } = parts(namespace)
    return isWanted(database) && (name === undefined || !ofTheServer.test(name))
  }
}

/** What the server writes for itself: results of an aggregation on their way, and lists of its own. */
const ofTheServer = /^(tmp\.agg_out\.|system\.(?!buckets\.|js$|views$))/

function parts(namespace: string): { readonly database: string; readonly name?: string } {
  const dot = namespace.indexOf('.')
  if (dot < 0) return { database: namespace }
  return { database: namespace.slice(0, dot), name: namespace.slice(dot + 1) }
}
