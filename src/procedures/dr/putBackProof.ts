import { asBuffer } from '../../archive/asBuffer.js'
import { OperationReader } from '../../archive/oplog/operations.js'
import { idOf } from '../../archive/documentId.js'
import { rightAfter } from '../../domain/deletions/deletion.js'
import { Failure } from '../../domain/failure.js'
import type { Optime } from '../../domain/contents.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { ListedBatch } from '../../ports/putBackLists.js'
import { deletedId } from './deletionWindow.js'
import { Conflicts, hashOf, keyOf, type Conflict } from './putBack.js'

/** Differences that are looked into one by one; more of them cannot all be somebody's later writes. */
const most = 100_000

/** What a proof found. */
export interface PutBackProof {
  /** Documents that are on the live server what they were, by the SHA-256 of their bytes. */
  readonly proved: number
  /** Documents that somebody, or the server's expiry, changed or removed after they were put back: the oplog has it. */
  readonly changedSince: readonly Conflict[]
}

/**
 * Reads every document that was put back from the live server, and holds it against the one that was right before the deletion.
 * One that differs must have been written to after `began`, by the oplog; else throws `PUT_BACK_DIFFERS` (integrity).
 */
export async function provePutBack(
  batches: AsyncIterable<ListedBatch>,
  began: Optime,
  { stored, oplog }: Pick<MongoSession, 'stored' | 'oplog'>,
  signal: AbortSignal,
): Promise<PutBackProof> {
  const differing = new Map<string, Buffer>()
  const namespaces = new Set<string>()
  let proved = 0
  for await (const { namespace, documents } of batches) {
    signal.throwIfAborted()
    const name = `${namespace.database}.${namespace.collection}`
    const ids = documents.map(({ id }) => id)
    const there = new Map<string, string>()
    for await (const document of stored.byId(namespace, ids))
      there.set(keyOf(idOf(document)), hashOf(document))
    for (const { id, sha256 } of documents) {
      if (there.get(keyOf(id)) === sha256) proved++
      else {
        namespaces.add(name)
        differing.set(`${name} ${keyOf(id)}`, Buffer.from(id))
        if (differing.size > most) throw differs(differing)
      }
    }
  }
  const changedSince = new Conflicts()
  if (differing.size === 0) return { proved, changedSince: [] }
  const window = await oplog.window()
  const reader = new OperationReader((namespace) => namespaces.has(namespace))
  for await (const entry of oplog.entries(rightAfter(began), window?.newest ?? began, signal)) {
    for (const { kind, namespace, raw } of reader.take(asBuffer(entry))) {
      if (!raw || (kind !== 'update' && kind !== 'delete')) continue
      const key = `${namespace} ${keyOf(deletedId(raw))}`
      const id = differing.get(key)
      if (id) changedSince.add(`${kind}d after it was put back`, id)
      differing.delete(key)
    }
  }
  if (differing.size > 0) throw differs(differing)
  return { proved, changedSince: changedSince.all() }
}

function differs(differing: ReadonlyMap<string, Buffer>): Failure {
  const found = new Conflicts()
  for (const id of differing.values()) found.add('not what it was', id)
  const { ids = [] } = found.all()[0] ?? {}
  return new Failure(
    'integrity',
    'PUT_BACK_DIFFERS',
    `${differing.size.toString()} documents were put back and are not, byte for byte, what they were, though nobody wrote to them`,
    ['ops doctor', 'ops backup'],
    { facts: { count: differing.size, ids } },
  )
}
