import { idOf } from '../../archive/documentId.js'
import type { PutBackRecord } from '../../domain/deletions/putBackRecord.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { PutBackLists } from '../../ports/putBackLists.js'
import { namespaceOf } from './deletionSources.js'
import { Conflicts, hashOf, keyOf, type Conflict } from './putBack.js'

/** What became of what had been put back. */
export interface TakenAway {
  /** Documents that were removed. */
  readonly removed: number
  /** Documents that stay, because they were changed since. */
  readonly kept: readonly Conflict[]
  /** Documents that somebody else had removed already. */
  readonly gone: number
  /** Collections, views and indexes that were removed, by name. */
  readonly dropped: readonly string[]
  /** Those that stay, because something was written to them since. */
  readonly stay: readonly string[]
}

/**
 * Removes exactly what was put back, as far as it is unchanged; then indexes and views that were made for it, and collections
 * that were made for it and hold nothing else. May be called again.
 */
export async function takeAwayAgain(
  { lists, made, indexes, views }: PutBackRecord,
  putBackLists: PutBackLists,
  session: Pick<MongoSession, 'stored' | 'dropCollection'>,
  signal: AbortSignal,
): Promise<TakenAway> {
  const { stored } = session
  const kept = new Conflicts()
  let removed = 0
  let gone = 0
  for (const list of lists) {
    for await (const { namespace, documents } of putBackLists.read(list)) {
      signal.throwIfAborted()
      const there = new Map<string, Uint8Array>()
      const ids = documents.map(({ id }) => id)
      for await (const document of stored.byId(namespace, ids))
        there.set(keyOf(idOf(document)), document)
      const same: Uint8Array[] = []
      for (const { id, sha256 } of documents) {
        const document = there.get(keyOf(id))
        if (!document) gone++
        else if (hashOf(document) === sha256) same.push(document)
        else kept.add('changed since', id)
      }
      removed += await stored.removeSame(namespace, same)
    }
  }
  const dropped: string[] = []
  const stay: string[] = []
  for (const { namespace, name } of indexes) {
    const found = await stored.definition(namespaceOf(namespace))
    if (!found?.indexes.some((index) => index.name === name)) continue
    await stored.dropIndex(namespaceOf(namespace), name)
    dropped.push(`the index ${name} of ${namespace}`)
  }
  for (const { namespace, sha256 } of views) {
    const found = await stored.definition(namespaceOf(namespace))
    if (!found) continue
    const isOurs = found.type === 'view' && hashOf(found.options) === sha256
    if (isOurs) await drop(namespace, session)
    ;(isOurs ? dropped : stay).push(namespace)
  }
  for (const { namespace, uuid, sha256 } of made) {
    const found = await stored.definition(namespaceOf(namespace))
    if (!found) continue
    // A run that was killed right after it made a collection did not come to write down which one it is.
    const isThat = uuid === undefined ? sha256 === hashOf(found.options) : uuid === found.uuid
    const isOurs = isThat && (await stored.isEmpty(namespaceOf(namespace)))
    if (isOurs) await drop(namespace, session)
    ;(isOurs ? dropped : stay).push(namespace)
  }
  return { removed, kept: kept.all(), gone, dropped, stay }
}

async function drop(name: string, session: Pick<MongoSession, 'dropCollection'>): Promise<void> {
  const { database, collection } = namespaceOf(name)
  await session.dropCollection(database, collection)
}
