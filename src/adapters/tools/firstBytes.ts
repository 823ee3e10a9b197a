/** Parts a stream: its first bytes (fewer where it ends before), and what follows them. Read `rest` after `first`. */
export function firstBytes(
  stream: AsyncIterable<Uint8Array>,
  count: number,
): { readonly first: Promise<Buffer>; readonly rest: AsyncIterable<Uint8Array> } {
  const parts = stream[Symbol.asyncIterator]()
  const taken = take(parts, count)
  return { first: taken.then((bytes) => bytes.subarray(0, count)), rest: following() }

  async function* following(): AsyncGenerator<Uint8Array> {
    const more = (await taken).subarray(count)
    if (more.length > 0) yield more
    for (let part = await parts.next(); part.done !== true; part = await parts.next())
      yield part.value
  }
}

async function take(parts: AsyncIterator<Uint8Array>, count: number): Promise<Buffer> {
  const taken: Uint8Array[] = []
  for (let length = 0; length < count;) {
    const part = await parts.next()
    if (part.done === true) break
    taken.push(part.value)
    length += part.value.length
  }
  return Buffer.concat(taken)
}
