import { asBuffer } from '../../archive/asBuffer.js'
import { Elements } from '../../archive/bson/elements.js'
import { idOf } from '../../archive/documentId.js'
import { OperationReader, type ReadOperation } from '../../archive/oplog/operations.js'
import { Failure } from '../../domain/failure.js'
import type { Deletion } from '../../domain/deletions/deletion.js'
import { isAfter } from '../../domain/oplog/optime.js'
import type { Documents } from '../../ports/documents.js'
import type { DeletionSource } from './deletionSources.js'

/** Operations that are carried out together. */
const atOnce = 1_000

/** Bytes of operations that are carried out together: a command may have 48 MB. */
const bytesAtOnce = 8 * 1024 * 1024

/**
 * Goes through a deletion in the scratch server, which is as it was right before: what others wrote to its collections
 * while it ran is written, and each document that it deleted is set aside right before it is deleted. So each of them is what
 * it was then, whatever else went on. Gives the number of deletes.
 */
export async function followDeletion(
  deletion: Deletion,
  sources: readonly DeletionSource[],
  entries: AsyncIterable<Uint8Array>,
  scratch: Documents,
): Promise<number> {
  const byName = new Map(sources.map((source) => [source.name, source]))
  const reader = new OperationReader((namespace) => byName.has(namespace))
  const gone = new Set<string>()
  let deletes = 0
  let batch: Batch | undefined
  const flush = async () => {
    const { doing, source, items } = batch ?? {}
    batch = undefined
    if (doing === 'apply') await carriedOut(items ?? [], scratch)
    else if (source) await scratch.setAside(source.to, items ?? [], source.from)
  }
  for await (const entry of entries) {
    for (const operation of reader.take(asBuffer(entry))) {
      const { at, namespace, kind, raw } = operation
      const source = byName.get(namespace)
      if (!source || !raw || gone.has(namespace)) continue
      if (isAfter(deletion.first, at) || isAfter(at, deletion.last)) continue
      if (kind === 'create' || kind === 'rename') continue
      if (kind === 'drop' || kind === 'replace') {
        gone.add(namespace)
        continue
      }
      const doing = isOf(deletion, operation) ? 'set aside' : 'apply'
      if (doing === 'set aside') deletes++
      if (batch && !fits(batch, doing, source)) await flush()
      batch ??= { doing, source, items: [], bytes: 0 }
      batch.items.push(doing === 'apply' ? raw : deletedId(raw))
      batch.bytes += raw.length
    }
  }
  await flush()
  return deletes
}

/** What was written meanwhile must be there byte for byte: documents that are put back are compared with it. */
async function carriedOut(operations: readonly Buffer[], scratch: Documents): Promise<void> {
  const applied = await scratch.apply(operations)
  if (applied === operations.length) return
  throw new Failure(
    'refused',
    'OPLOG_INEXACT',
    'a document that was written while the deletion ran has a field twice, or a type that BSON gave up: it cannot be followed byte for byte',
    [
      'ops restore --to-time TIME --collection NAMESPACE --into DATABASE   (the whole collection, aside)',
    ],
  )
}

interface Batch {
  readonly doing: 'apply' | 'set aside'
  readonly source: DeletionSource
  readonly items: Buffer[]
  bytes: number
}

function fits(batch: Batch, doing: Batch['doing'], source: DeletionSource): boolean {
  if (batch.doing !== doing || (doing === 'set aside' && batch.source !== source)) return false
  return batch.items.length < atOnce && batch.bytes < bytesAtOnce
}

/** Whether an operation is one of the deletion itself. */
function isOf(deletion: Deletion, { kind, namespace, session, isTransaction }: ReadOperation) {
  return (
    deletion.kind === 'delete' &&
    kind === 'delete' &&
    namespace === deletion.namespace &&
    session === deletion.session &&
    isTransaction === deletion.isTransaction
  )
}

/** The `_id` of what an operation deletes or changes, as a document of nothing else. */
export function deletedId(operation: Buffer): Buffer {
  const changed = new Elements(operation, 0).find('o2')
  const named = changed ?? new Elements(operation, 0).find('o')
  if (!named) throw new Error('an operation names the document that it is about')
  return idOf(named.inside().document)
}
