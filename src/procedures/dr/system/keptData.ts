import type { Manifest } from '../../../domain/manifest.js'
import type { Target } from '../../../domain/target.js'
import type { World } from '../../../ports/world.js'
import { withSession } from '../../withSession.js'

/** What is there of data that an earlier run brought back. */
export interface KeptData {
  /** Nothing of it is there any more: whoever removed the volumes wants it back. */
  readonly gone: boolean
  /** Namespaces that held documents in the backup, and that are not there or hold none. */
  readonly lost: readonly string[]
  /** Namespaces with fewer documents than the backup: whoever used the system since may have deleted them. */
  readonly fewer: readonly string[]
}

/**
 * Counts what is on a server of data that an earlier run restored and proved, against the backup that it came from; where that is not
 * known any more, it is there as soon as anything is. Throws what connecting throws.
 */
export async function keptData(
  target: Target,
  manifest: Manifest | undefined,
  world: Pick<World, 'mongo'>,
  signal: AbortSignal,
): Promise<KeptData> {
  const live = await withSession(target, world, signal, async (session) => {
    const databases = target.databases.length > 0 ? target.databases : await session.databases()
    return session.namespaces(databases, 'exactly')
  })
  const now = new Map(
    live.map(({ database, collection, documents }) => [`${database}.${collection}`, documents]),
  )
  const held = Object.entries(manifest?.collections ?? {}).filter(
    ([, { database, type, documents, indexes }]) =>
      documents > 0 &&
      type !== 'view' &&
      (target.databases.length === 0 || target.databases.includes(database)) &&
      // What has expired since is no loss.
      !indexes.some(({ options }) => options['expireAfterSeconds'] !== undefined),
  )
  const lost = held.flatMap(([name]) => ((now.get(name) ?? 0) === 0 ? [name] : []))
  return {
    gone: ![...now.values()].some((documents) => documents > 0),
    lost,
    fewer: held.flatMap(([name, { documents }]) => {
      const found = now.get(name) ?? 0
      return found > 0 && found < documents
        ? [`${name} (${found.toString()} of ${documents.toString()})`]
        : []
    }),
  }
}
