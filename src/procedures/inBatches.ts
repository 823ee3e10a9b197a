/**
 * Gathers what comes in batches of at most so many documents, and so many bytes unless one alone has more; in its order, none empty.
 */
export async function* inBatches(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  most: { readonly documents: number; readonly bytes: number },
): AsyncGenerator<readonly Uint8Array[]> {
  let batch: Uint8Array[] = []
  let bytes = 0
  for await (const one of source) {
    const isFull = batch.length >= most.documents || bytes + one.length > most.bytes
    if (isFull && batch.length > 0) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(one)
    bytes += one.length
  }
  if (batch.length > 0) yield batch
}
