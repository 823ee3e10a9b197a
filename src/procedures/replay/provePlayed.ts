import { asBuffer } from '../../archive/asBuffer.js'
import { idOf } from '../../archive/documentId.js'
import { writtenId } from '../../archive/oplog/documentWrite.js'
import { OperationReader } from '../../archive/oplog/operations.js'
import type { Optime } from '../../domain/contents.js'
import { Failure } from '../../domain/failure.js'
import { isAfter, optimeText } from '../../domain/oplog/optime.js'
import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import { liveEntries } from '../dr/deletionEntries.js'
import { namespaceOf } from '../dr/deletionSources.js'
import { hashOf } from '../dr/putBack.js'
import { deletedSum } from './knownDocuments.js'
import type { PlayedDocument } from './playBack.js'
import { readById } from './readById.js'
import { keyIn } from './readWrites.js'
import { settled } from './settled.js'

/** What is on the live server afterwards. */
export interface PlayedProof {
  readonly proved: number
  /** Changed by somebody else within that time. */
  readonly changedSince: number
}

/**
 * Reads every changed document again. One that is not what it should be was written to since by somebody else, and then the oplog
 * has that write behind ours; throws `REPLAY_DIFFERS` (integrity) where it has not, and `OPLOG_ROLLED_ON` (failed) where it does not
 * tell any more.
 *
 * @param since the newest entry of the oplog before the first of them was written
 */
export async function provePlayed(
  done: readonly PlayedDocument[],
  since: Optime | undefined,
  session: Pick<MongoSession, 'oplog' | 'stored' | 'lastOptime'>,
  target: Target,
  world: Pick<World, 'clock'>,
  signal: AbortSignal,
): Promise<PlayedProof> {
  const other = new Map<string, string>()
  for (const namespace of new Set(done.map((one) => one.namespace))) {
    const sums = new Map<string, string>()
    const own = done.filter((one) => one.namespace === namespace)
    const ids = own.map(({ id }) => id)
    for await (const document of readById(session.stored, namespaceOf(namespace), ids, signal))
      sums.set(keyIn(namespace, idOf(document)), hashOf(document))
    for (const { key, sum } of own)
      if ((sums.get(key) ?? deletedSum) !== sum) other.set(key, namespace)
  }
  if (other.size > 0) {
    const times = await writtenSince(since, other, session, target, world, signal)
    // Ours is one of them, in one entry, or in those of one transaction.
    for (const key of other.keys()) if ((times.get(key)?.size ?? 0) < 2) throw differs()
  }
  return { proved: done.length - other.size, changedSince: other.size }
}

/** When documents were written to, by their keys; `wanted` has the collection of each. */
async function writtenSince(
  since: Optime | undefined,
  wanted: ReadonlyMap<string, string>,
  session: Pick<MongoSession, 'oplog' | 'lastOptime'>,
  target: Target,
  world: Pick<World, 'clock'>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const times = new Map<string, Set<string>>()
  const to = await settled(session, target, world, signal)
  if (!since || !isAfter(to, since)) return times
  const namespaces = new Set(wanted.values())
  const reader = new OperationReader((name) => namespaces.has(name))
  const stretch = { from: since, to, isEntry: true, isRead: true }
  for await (const entry of liveEntries(stretch, session.oplog, signal))
    for (const { kind, namespace, raw, at } of reader.take(asBuffer(entry))) {
      if (!raw || (kind !== 'insert' && kind !== 'update' && kind !== 'delete')) continue
      const key = keyIn(namespace, writtenId(raw))
      if (!wanted.has(key)) continue
      const own = times.get(key) ?? new Set<string>()
      times.set(key, own.add(optimeText(at)))
    }
  return times
}

function differs(): Failure {
  return new Failure(
    'integrity',
    'REPLAY_DIFFERS',
    'the server confirmed writes that it does not have, and nobody wrote to those documents since: what was played back cannot be relied on',
    ['ops doctor', 'ops undo'],
  )
}
