/**
 * The parts of a web stream, as they are asked for. Left early, or when the signal is aborted, the stream is told so and
 * lets go of its source; the signal's reason is thrown then.
 */
export async function* partsOf(
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  signal?.throwIfAborted()
  const reader = stream.getReader()
  // A read that hangs on a silent source ends at once; the source hears of it when it can.
  const stop = () => {
    reader.cancel(signal?.reason).catch(() => undefined)
  }
  signal?.addEventListener('abort', stop, { once: true })
  let ended = false
  try {
    for (;;) {
      const { done, value } = await reader.read()
      signal?.throwIfAborted()
      ended = done
      if (done) return
      if (value.length > 0) yield value
    }
  } finally {
    signal?.removeEventListener('abort', stop)
    if (!ended) await reader.cancel().catch(() => undefined)
  }
}
