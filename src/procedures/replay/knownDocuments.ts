import { asBuffer } from '../../archive/asBuffer.js'
import { idOf } from '../../archive/documentId.js'
import { writtenId } from '../../archive/oplog/documentWrite.js'
import { OperationReader } from '../../archive/oplog/operations.js'
import { rightAfter } from '../../domain/deletions/deletion.js'
import { Failure } from '../../domain/failure.js'
import { isAfter } from '../../domain/oplog/optime.js'
import { isSinceStandalone } from '../../domain/oplog/window.js'
import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import { heldHistory, liveEntries } from '../dr/deletionEntries.js'
import { namespaceOf } from '../dr/deletionSources.js'
import { hashOf } from '../dr/putBack.js'
import { noReplicaSet } from '../oplog/takeSlices.js'
import type { FoundKept } from './findKept.js'
import { readById } from './readById.js'
import { isOtherSince } from './replacedCollections.js'
import { keyIn, type KeptWrite } from './readWrites.js'
import { settled } from './settled.js'

/** The SHA-256 that stands on a list for a document that was deleted. */
export const deletedSum = '0'.repeat(64)

/** What a document was when the plan was made; the document itself is not kept. */
export type KnownDocument =
  /** As the restore made it; the SHA-256 of it. */
  | { readonly state: 'restored'; readonly sum: string }
  /** As earlier runs left it, which played back the first so many writes to it. */
  | { readonly state: 'played'; readonly sum: string; readonly writes: number }
  /** Somebody wrote to it since the restore. */
  | { readonly state: 'changed' }

/** The documents that writes are about, as the server has them. */
export interface KnownDocuments {
  readonly documents: ReadonlyMap<string, KnownDocument>
  /** Collections that were dropped, renamed or replaced since the restore. */
  readonly replaced: ReadonlySet<string>
}

/**
 * Reads from the server every document that writes are about, and from its oplog whether anybody wrote to it since the restore; what
 * earlier runs played back is known by their lists. Throws `REPLAY_UNKNOWN` (refused) where the oplog does not reach back so far.
 */
export async function knownDocuments(
  units: readonly (readonly KeptWrite[])[],
  { restoredAt, lists }: Pick<FoundKept, 'restoredAt' | 'lists'>,
  session: Pick<MongoSession, 'oplog' | 'stored' | 'lastOptime'>,
  target: Target,
  world: World,
  signal: AbortSignal,
): Promise<KnownDocuments> {
  const { oplog, stored } = session
  const wanted = new Map<string, Map<string, Buffer>>()
  for (const unit of units)
    for (const { namespace, key, id } of unit) {
      const own = wanted.get(namespace) ?? new Map<string, Buffer>()
      wanted.set(namespace, own.set(key, id))
    }
  const window = await oplog.window()
  if (!window) throw noReplicaSet(target)
  // What was written without the set is in no oplog: those documents would pass for restored ones.
  if (window.startsHidden === true || !isSinceStandalone(restoredAt, window)) throw unknown(target)
  const since = rightAfter(restoredAt)
  const history = await heldHistory(since, target, { oplog, window }, world, signal)
  if (isAfter(history.from, since)) throw unknown(target)
  const reader = new OperationReader((name) => wanted.has(name) || !name.includes('.'))
  const touched = new Set<string>()
  const replaced = new Set<string>()
  await heed(history.entries)
  const sums = new Map<string, string>()
  for (const [namespace, ids] of wanted)
    for await (const document of readById(
      stored,
      namespaceOf(namespace),
      [...ids.values()],
      signal,
    ))
      sums.set(keyIn(namespace, idOf(document)), hashOf(document))
  // Whoever wrote while they were read wrote what was read: that is no state of the restore.
  const to = await settled(session, target, world, signal)
  if (isAfter(to, history.to))
    await heed(liveEntries({ from: history.to, to, isEntry: true, isRead: true }, oplog, signal))
  const played = await playedBefore(lists, touched, world, signal)
  const documents = new Map<string, KnownDocument>()
  for (const ids of wanted.values())
    for (const key of ids.keys()) {
      const sum = sums.get(key) ?? deletedSum
      const writes = played.get(key)?.get(sum)
      if (!touched.has(key)) documents.set(key, { state: 'restored', sum })
      else if (writes === undefined) documents.set(key, { state: 'changed' })
      else documents.set(key, { state: 'played', sum, writes })
    }
  return { documents, replaced }

  async function heed(entries: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const entry of entries)
      for (const operation of reader.take(asBuffer(entry))) {
        const { kind, namespace, raw } = operation
        // Whatever has got the name of a collection since is another one, what was renamed included.
        if (kind === 'drop' || isOtherSince(operation)) replaced.add(namespace)
        else if (kind === 'dropDatabase')
          for (const name of wanted.keys()) if (name.startsWith(`${namespace}.`)) replaced.add(name)
        if (!raw || (kind !== 'insert' && kind !== 'update' && kind !== 'delete')) continue
        const key = keyIn(namespace, writtenId(raw))
        if (wanted.get(namespace)?.has(key) === true) touched.add(key)
      }
  }
}

/**
 * What earlier runs made of documents that were written to since: by the key of each and the SHA-256 that it got, how many of its
 * writes that were. A run that did not come to it, and one before that did, are told apart by what is there.
 */
async function playedBefore(
  lists: readonly string[],
  touched: ReadonlySet<string>,
  { putBackLists }: Pick<World, 'putBackLists'>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const played = new Map<string, Map<string, number>>()
  for (const list of lists)
    for await (const { namespace, documents } of putBackLists.read(list)) {
      signal.throwIfAborted()
      const name = `${namespace.database}.${namespace.collection}`
      for (const { id, sha256, writes } of documents) {
        const key = keyIn(name, id)
        if (writes === undefined || !touched.has(key)) continue
        const own = played.get(key) ?? new Map<string, number>()
        played.set(key, own.set(sha256, writes))
      }
    }
  return played
}

function unknown({ name }: Target): Failure {
  return new Failure(
    'refused',
    'REPLAY_UNKNOWN',
    `what was written to "${name}" since the restore is not known any more: its oplog does not reach back so far, and no slices do; nothing was changed`,
    ['ops pitr status', 'ops undo   (brings back the state before the restore)'],
  )
}
