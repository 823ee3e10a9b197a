/**
 * Gathers a stream into blocks of `size` bytes, the last one shorter; one empty block where the source is empty. Memory
 * for a block comes from `reuse` where that has any: a block given back there is overwritten.
 */
export async function* cutBlocks(
  source: AsyncIterable<Uint8Array>,
  size: number,
  reuse: () => Buffer | undefined,
): AsyncGenerator<Buffer, void, undefined> {
  const fresh = () => whole(reuse()) ?? Buffer.allocUnsafeSlow(size)
  let block: Buffer | undefined
  let filled = 0
  let blocks = 0
  for await (const chunk of source) {
    let at = 0
    while (at < chunk.length) {
      block ??= fresh()
      const taken = Math.min(size - filled, chunk.length - at)
      block.set(chunk.subarray(at, at + taken), filled)
      filled += taken
      at += taken
      if (filled < size) continue
      yield block
      blocks++
      block = undefined
      filled = 0
    }
  }
  if (filled > 0 || blocks === 0) yield (block ?? Buffer.alloc(0)).subarray(0, filled)
}

/** A block that was handed out shortened has its full memory behind it still. */
function whole(block: Buffer | undefined): Buffer | undefined {
  return block && Buffer.from(block.buffer)
}
