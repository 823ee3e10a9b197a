/** What a tool gives, and how it ended. */
export interface ReadUntil<Outcome> {
  readonly raw: AsyncIterable<Uint8Array>
  /** Known once `end` is through. */
  readonly outcome: Promise<Outcome>
}

/**
 * The bytes of something that runs, which is ended once: when all of them were read, when whoever reads leaves or they break
 * off, and at the signal, though nobody has begun to read. `end` is told whether they were read to their end. Reading throws
 * what they throw, or the signal's reason.
 */
export function readUntil<Outcome>(
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  end: (toTheEnd: boolean) => Promise<Outcome>,
): ReadUntil<Outcome> {
  let settle: (outcome: Promise<Outcome>) => void = () => undefined
  const outcome = new Promise<Outcome>((resolve) => {
    settle = resolve
  })
  outcome.catch(() => undefined)
  let ended = false
  const endOnce = (toTheEnd: boolean) => {
    if (ended) return
    ended = true
    signal.removeEventListener('abort', aborted)
    settle(end(toTheEnd))
  }
  const aborted = () => {
    endOnce(false)
  }
  signal.addEventListener('abort', aborted)
  if (signal.aborted) aborted()
  return { raw: reading(bytes, signal, endOnce), outcome }
}

async function* reading(
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  end: (toTheEnd: boolean) => void,
): AsyncGenerator<Uint8Array> {
  let toTheEnd = false
  try {
    signal.throwIfAborted()
    yield* bytes
    signal.throwIfAborted()
    toTheEnd = true
  } catch (error) {
    // What the stream reports after an abort is only an echo of it.
    signal.throwIfAborted()
    throw error
  } finally {
    end(toTheEnd)
  }
}
