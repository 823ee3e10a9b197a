import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { Namespace } from '../../ports/documents.js'
import { withSession } from '../withSession.js'
import type { TroubleshootWorld } from './request.js'

/** Throws `DUPLICATES_NOT_REMOVABLE` (refused) for a view or a time-series, whose documents are not removed one by one; what connecting throws. */
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
  if (!found || found.type === 'collection') return
  throw new Failure(
    'refused',
    'DUPLICATES_NOT_REMOVABLE',
    `nothing of ${database}.${collection} was removed: it is no collection (${found.type}), and documents are removed from collections only`,
    ['ops data check   (shows which collections there are)'],
  )
}
