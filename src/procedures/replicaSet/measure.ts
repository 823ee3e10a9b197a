import type { MeasuredData } from '../../domain/receipt.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import { isExpiring, namesOfHashes } from '../expiring.js'
import type { StepContext } from '../plan.js'

/** Bytes of data up to which every document is hashed; of more, documents are counted only: nobody may write for so long. */
const hashedBytes = 2 * 1024 ** 3

/** Counts every document of a server, and hashes them where that is quickly done; not those that go by themselves. */
export async function measureData(
  session: Pick<MongoSession, 'databases' | 'namespaces' | 'sizes' | 'hash'>,
  { signal, detail }: Pick<StepContext, 'signal' | 'detail'>,
): Promise<MeasuredData> {
  const databases = await session.databases()
  const sizes = await session.sizes(databases)
  const bytes = sizes.reduce((sum, { dataBytes }) => sum + dataBytes, 0)
  const live = await session.namespaces(databases, 'exactly')
  const going = new Set(live.filter(isExpiring).flatMap(namesOfHashes))
  const documents: Record<string, number> = {}
  for (const { database, collection, documents: count } of live) {
    const namespace = `${database}.${collection}`
    if (!going.has(namespace)) documents[namespace] = count
  }
  const hashes: Record<string, string> = {}
  for (const database of bytes <= hashedBytes ? databases : []) {
    signal.throwIfAborted()
    const { collections } = await session.hash(database)
    for (const [collection, hash] of Object.entries(collections)) {
      const namespace = `${database}.${collection}`
      if (!going.has(namespace)) hashes[namespace] = hash
    }
  }
  const total = Object.values(documents).reduce((sum, count) => sum + count, 0)
  const how = Object.keys(hashes).length > 0 ? 'counted and hashed' : 'counted'
  detail(`${total.toString()} documents ${how}, in ${databases.length.toString()} databases`)
  return { documents, hashes }
}

/** What was there, and how much that binds. */
export interface MeasuredBefore {
  readonly data: MeasuredData
  /** Somebody may have deleted since it was measured: fewer documents are worth a word then, and no failure. */
  readonly mayBeFewer: boolean
}

/**
 * Holds what is there against what was there. More documents, or others, are somebody's who wrote meanwhile, and worth a word. Throws
 * `DATA_DIFFERS` (integrity) where any are missing, and nobody could have deleted them.
 */
export function compareData(
  { name }: Target,
  { data: before, mayBeFewer }: MeasuredBefore,
  after: MeasuredData,
  warn: (text: string) => void,
): void {
  const fewer = Object.entries(before.documents).flatMap(([namespace, count]) => {
    const now = after.documents[namespace] ?? 0
    return now < count ? [`${namespace}: ${now.toString()} of ${count.toString()}`] : []
  })
  if (fewer.length > 0 && !mayBeFewer)
    throw new Failure(
      'integrity',
      'DATA_DIFFERS',
      `the server of "${name}" holds fewer documents than before: ${fewer.join('; ')}`,
      ['ops stack logs', 'ops doctor'],
      { facts: { fewer } },
    )
  if (fewer.length > 0)
    warn(
      `fewer documents than when an earlier run counted them (${fewer.join('; ')}): somebody may have deleted them since`,
    )
  const others = Object.entries(before.hashes).flatMap(([namespace, hash]) =>
    (after.hashes[namespace] ?? hash) === hash ? [] : [namespace],
  )
  if (others.length > 0 && fewer.length === 0)
    warn(
      `${others.join(', ')}: every document of before is there in number, and some are others: somebody wrote meanwhile (a writer that ops.yaml does not name)`,
    )
}
