import { asBuffer } from '../../archive/asBuffer.js'
import { idOf } from '../../archive/documentId.js'
import { writtenId } from '../../archive/oplog/documentWrite.js'
import { OperationReader } from '../../archive/oplog/operations.js'
import { rightAfter } from '../../domain/deletions/deletion.js'
import type { Optime } from '../../domain/contents.js'
import { Failure } from '../../domain/failure.js'
import { isAfter } from '../../domain/oplog/optime.js'
import { isSinceStandalone } from '../../domain/oplog/window.js'
import type { Target } from '../../domain/target.js'
import type { Namespace } from '../../ports/documents.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import { heldHistory, liveEntries } from '../dr/deletionEntries.js'
import { namespaceOf } from '../dr/deletionSources.js'
import { hashOf } from '../dr/putBack.js'
import { noReplicaSet } from '../oplog/takeSlices.js'
import type { FoundKept } from './findKept.js'
import { isRenaming } from './replacedCollections.js'
import { keyIn, type KeptWrite } from './readWrites.js'
import type { LiveDocument } from './simulate.js'

/** Documents that are asked for together. */
const atOnce = 1_000

/** Milliseconds that a majority may take to have what the primary has, and between two looks. */
const settleLimit = 30_000
const settleEvery = 100

/** The SHA-256 that stands on a list for a document that was deleted. */
export const deletedSum = '0'.repeat(64)

/** The documents that writes are about, as the server has them. */
export interface LiveDocuments {
  readonly documents: ReadonlyMap<string, LiveDocument>
  /** Collections that were dropped or replaced since the restore. */
  readonly replaced: ReadonlySet<string>
}

/**
 * Reads from the server every document that writes are about, and from its oplog whether anybody wrote to it since the restore; what
 * earlier runs played back is known by their lists. Throws `REPLAY_UNKNOWN` (refused) where the oplog does not reach back so far.
 */
export async function liveDocuments(
  units: readonly (readonly KeptWrite[])[],
  { restoredAt, lists }: Pick<FoundKept, 'restoredAt' | 'lists'>,
  session: Pick<MongoSession, 'oplog' | 'stored' | 'lastOptime'>,
  target: Target,
  world: World,
  signal: AbortSignal,
): Promise<LiveDocuments> {
  const { oplog, stored } = session
  const wanted = new Map<string, Map<string, Buffer>>()
  for (const { namespace, key, id } of units.flat()) {
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
  const played = await playedBefore(lists, world, signal)
  const found = new Map<string, Buffer>()
  for (const [namespace, ids] of wanted)
    await read(namespaceOf(namespace), [...ids.values()], found)
  // Whoever wrote while they were read wrote what was read: that is no state of the restore.
  const to = await settled(session, target, world, signal)
  if (isAfter(to, history.to))
    await heed(liveEntries({ from: history.to, to, isEntry: true, isRead: true }, oplog, signal))
  const documents = new Map<string, LiveDocument>()
  for (const ids of wanted.values())
    for (const key of ids.keys()) {
      const document = found.get(key)
      if (!touched.has(key))
        documents.set(key, { state: 'restored', ...(document ? { document } : {}) })
      else {
        const sum = document ? hashOf(document) : deletedSum
        documents.set(key, { state: played.get(key) === sum ? 'played' : 'changed' })
      }
    }
  return { documents, replaced }

  async function heed(entries: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const entry of entries)
      for (const { kind, namespace, raw } of reader.take(asBuffer(entry))) {
        // Whatever has got the name of a collection since is another one, what was renamed included.
        if (kind === 'drop' || kind === 'replace' || (kind === 'create' && raw && isRenaming(raw)))
          replaced.add(namespace)
        else if (kind === 'dropDatabase')
          for (const name of wanted.keys()) if (name.startsWith(`${namespace}.`)) replaced.add(name)
        if (!raw || (kind !== 'insert' && kind !== 'update' && kind !== 'delete')) continue
        const key = keyIn(namespace, writtenId(raw))
        if (wanted.get(namespace)?.has(key) === true) touched.add(key)
      }
  }

  async function read(namespace: Namespace, ids: readonly Buffer[], into: Map<string, Buffer>) {
    for (let at = 0; at < ids.length; at += atOnce) {
      signal.throwIfAborted()
      for await (const document of stored.byId(namespace, ids.slice(at, at + atOnce))) {
        const bytes = Buffer.from(document)
        into.set(keyIn(`${namespace.database}.${namespace.collection}`, idOf(bytes)), bytes)
      }
    }
  }
}

/**
 * The newest entry that a majority has, once that is no older than the newest that the server itself has now: documents are read as
 * the server has them. Throws `REPLAY_UNKNOWN` (refused) where that is not so within half a minute.
 */
async function settled(
  session: Pick<MongoSession, 'oplog' | 'lastOptime'>,
  target: Target,
  { clock }: Pick<World, 'clock'>,
  signal: AbortSignal,
): Promise<Optime> {
  const own = await session.lastOptime()
  const began = clock.elapsed()
  for (;;) {
    const window = await session.oplog.window()
    if (!window) throw noReplicaSet(target)
    if (!own || !isAfter(own, window.newest)) return window.newest
    if (clock.elapsed() - began >= settleLimit)
      throw new Failure(
        'refused',
        'REPLAY_UNKNOWN',
        `the members of the replica set of "${target.name}" do not confirm its newest writes: which documents were written to since the restore is not known; nothing was changed`,
        ['ops doctor', 'ops pitr replay --dry-run   (once they do)'],
      )
    await clock.sleep(settleEvery, signal)
  }
}

/** What documents became when earlier runs played writes back, by the key of each. */
async function playedBefore(
  lists: readonly string[],
  { putBackLists }: Pick<World, 'putBackLists'>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const played = new Map<string, string>()
  for (const list of lists)
    for await (const { namespace, documents } of putBackLists.read(list)) {
      signal.throwIfAborted()
      const name = `${namespace.database}.${namespace.collection}`
      for (const { id, sha256 } of documents) played.set(keyIn(name, id), sha256)
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
