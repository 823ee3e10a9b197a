import type { Documents, Namespace } from '../../ports/documents.js'

/** Documents that are asked for together, and bytes of their `_id`s. */
const together = { documents: 1_000, bytes: 1024 * 1024 }

/**
 * Documents by their `_id`s, as the server has them, some at a time; each is valid until the next is asked for. What is not there is
 * left out. Throws what reading throws, and the signal's reason.
 */
export async function* readById(
  stored: Pick<Documents, 'byId'>,
  namespace: Namespace,
  ids: readonly Uint8Array[],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (const batch of batches(ids)) {
    signal.throwIfAborted()
    yield* stored.byId(namespace, batch)
  }
}

function* batches(ids: readonly Uint8Array[]): Generator<readonly Uint8Array[]> {
  let batch: Uint8Array[] = []
  let bytes = 0
  for (const id of ids) {
    const isFull = batch.length >= together.documents || bytes + id.length > together.bytes
    if (isFull && batch.length > 0) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(id)
    bytes += id.length
  }
  if (batch.length > 0) yield batch
}
