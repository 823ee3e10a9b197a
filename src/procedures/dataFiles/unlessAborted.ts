/** The promise, but no longer than the signal allows: what a server does not answer must not be waited for without end. */
export function unlessAborted<Answer>(
  promise: Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const given = () => {
      reject(signal.reason as Error)
    }
    if (signal.aborted) given()
    signal.addEventListener('abort', given, { once: true })
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', given)
    })
  })
}
