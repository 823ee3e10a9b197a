/**
 * Reads on while nobody asks, until `bytes` wait to be taken: whoever works in bursts then holds up nobody who writes steadily.
 * Gives what the source gave, in its order, and throws what it throws once all before that was taken. What the source gives must
 * stay as it is when the next is asked for. Leaving early leaves the source too. Holds at most `bytes` and one part more.
 */
export async function* readAhead<Part extends Uint8Array>(
  source: AsyncIterable<Part>,
  bytes: number,
): AsyncGenerator<Part, void, undefined> {
  const parts = source[Symbol.asyncIterator]()
  const waiting: Part[] = []
  let held = 0
  let end: { readonly error?: unknown } | undefined
  const leaving = new AbortController()
  const isFull = () => held >= bytes && !leaving.signal.aborted
  let wakeReader = () => {}
  let wakeTaker = () => {}
  void (async () => {
    try {
      while (!leaving.signal.aborted) {
        const next = await parts.next()
        if (next.done) break
        waiting.push(next.value)
        held += next.value.length
        wakeTaker()
        while (isFull()) await new Promise<void>((resolve) => (wakeReader = resolve))
      }
      end = {}
    } catch (error) {
      end = { error }
    }
    wakeTaker()
  })()
  try {
    for (;;) {
      const part = waiting.shift()
      if (part) {
        held -= part.length
        wakeReader()
        yield part
      } else if (end) {
        if ('error' in end) throw end.error
        return
      } else await new Promise<void>((resolve) => (wakeTaker = resolve))
    }
  } finally {
    leaving.abort()
    wakeReader()
    // It may wait for a part that never comes: whoever leaves ends the source by other means, and need not wait for that.
    parts.return?.().catch(() => undefined)
  }
}
