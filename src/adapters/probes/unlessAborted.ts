/** The answer, or nothing where the signal is aborted before it comes: then whatever comes is of no interest any more. */
export function unlessAborted<Answer>(
  asked: Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      resolve(undefined)
    }
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    asked.then(resolve, reject).then(
      () => {
        signal.removeEventListener('abort', stop)
      },
      () => undefined,
    )
  })
}
