/** Reads a stream to its end and forgets it. */
export async function drained(stream: AsyncIterable<Uint8Array>): Promise<void> {
  const chunks = stream[Symbol.asyncIterator]()
  while ((await chunks.next()).done !== true);
}
