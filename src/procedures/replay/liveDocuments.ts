import { asBuffer } from '../../archive/asBuffer.js'
import { idOf } from '../../archive/documentId.js'
import { writtenId } from '../../archive/oplog/documentWrite.js'
import { OperationReader } from '../../archive/oplog/operations.js'
import { rightAfter } from '../../domain/deletions/deletion.js'
import { Failure } from '../../domain/failure.js'
import { isAfter } from '../../domain/oplog/optime.js'
import type { Target } from '../../domain/target.js'
import type { Namespace } from '../../ports/documents.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import { heldHistory } from '../dr/deletionEntries.js'
import { namespaceOf } from '../dr/deletionSources.js'
import { hashOf } from '../dr/putBack.js'
import { noReplicaSet } from '../oplog/takeSlices.js'
import type { FoundKept } from './findKept.js'
import { keyIn, type KeptWrite } from './readWrites.js'
import type { LiveDocument } from './simulate.js'

/** Documents that are asked for together. */
const atOnce = 1_000

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
  { oplog, stored }: Pick<MongoSession, 'oplog' | 'stored'>,
  target: Target,
  world: World,
  signal: AbortSignal,
): Promise<LiveDocuments> {
  const wanted = new Map<string, Map<string, Buffer>>()
  for (const { namespace, key, id } of units.flat()) {
    const own = wanted.get(namespace) ?? new Map<string, Buffer>()
    wanted.set(namespace, own.set(key, id))
  }
  const window = await oplog.window()
  if (!window) throw noReplicaSet(target)
  const since = rightAfter(restoredAt)
  const history = await heldHistory(since, target, { oplog, window }, world, signal)
  if (isAfter(history.from, since)) throw unknown(target)
  const reader = new OperationReader((namespace) => wanted.has(namespace))
  const touched = new Set<string>()
  const replaced = new Set<string>()
  for await (const entry of history.entries)
    for (const { kind, namespace, raw } of reader.take(asBuffer(entry))) {
      if (kind === 'drop' || kind === 'replace') replaced.add(namespace)
      else if (kind === 'dropDatabase')
        for (const name of wanted.keys()) if (name.startsWith(`${namespace}.`)) replaced.add(name)
      if (!raw || (kind !== 'insert' && kind !== 'update' && kind !== 'delete')) continue
      const key = keyIn(namespace, writtenId(raw))
      if (wanted.get(namespace)?.has(key) === true) touched.add(key)
    }
  const played = await playedBefore(lists, world, signal)
  const documents = new Map<string, LiveDocument>()
  for (const [namespace, ids] of wanted) {
    const there = await read(namespaceOf(namespace), [...ids.values()], stored, signal)
    for (const [key] of ids) {
      const document = there.get(key)
      if (!touched.has(key))
        documents.set(key, { state: 'restored', ...(document ? { document } : {}) })
      else {
        const sum = document ? hashOf(document) : deletedSum
        documents.set(key, { state: played.get(key) === sum ? 'played' : 'changed' })
      }
    }
  }
  return { documents, replaced }

  async function read(
    namespace: Namespace,
    ids: readonly Buffer[],
    from: MongoSession['stored'],
    within: AbortSignal,
  ): Promise<ReadonlyMap<string, Buffer>> {
    const there = new Map<string, Buffer>()
    for (let at = 0; at < ids.length; at += atOnce) {
      within.throwIfAborted()
      for await (const document of from.byId(namespace, ids.slice(at, at + atOnce))) {
        const bytes = Buffer.from(document)
        there.set(keyIn(`${namespace.database}.${namespace.collection}`, idOf(bytes)), bytes)
      }
    }
    return there
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
