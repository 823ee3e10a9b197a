import type { Documents, Namespace } from '../../ports/documents.js'
import { inBatches } from '../inBatches.js'

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
  for await (const batch of inBatches(ids, together)) {
    signal.throwIfAborted()
    yield* stored.byId(namespace, batch)
  }
}
