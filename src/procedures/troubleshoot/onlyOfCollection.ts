import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { Namespace } from '../../ports/documents.js'
import { withSession } from '../withSession.js'
import type { TroubleshootWorld } from './request.js'

/** Databases and collections of the server itself. */
const own = { database: /^(admin|config|local)$/, collection: /^system\./ }

/**
 * Throws `DUPLICATES_NOT_REMOVABLE` (refused) for what is no collection of documents that are removed one by one: a view, a time-series, the buckets of one, and
 * whatever belongs to the server; what connecting throws.
 */
export async function onlyOfCollection(
  target: Target,
  { database, collection }: Namespace,
  world: TroubleshootWorld,
  signal: AbortSignal,
): Promise<void> {
  const all = await withSession(target, world, signal, (session) =>
    session.namespaces([database], 'roughly'),
  )
  const found = all.find((one) => one.database === database && one.collection === collection)
  const isOwn = own.database.test(database) || own.collection.test(collection)
  if (found?.type === 'collection' && !isOwn) return
  const what = isOwn ? 'the server has it for itself' : (found?.type ?? 'not there')
  throw new Failure(
    'refused',
    'DUPLICATES_NOT_REMOVABLE',
    `nothing of ${database}.${collection} was removed: it is no collection of yours (${what}), and documents are removed from collections only`,
    ['ops data check   (shows which collections there are)'],
  )
}
