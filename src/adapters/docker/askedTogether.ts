/** A question that is being answered. */
interface Asked<Answer> {
  readonly answer: Promise<Answer>
  readonly stop: AbortController
  /** How many wait for it. */
  waiting: number
}

/**
 * Answers a question once for all who ask it at the same time; who asks later asks anew. Who leaves by a signal gets its
 * reason at once and harms no other; when nobody waits any more, `begin`'s own signal is aborted.
 */
export class AskedTogether<Answer> {
  readonly #asked = new Map<string, Asked<Answer>>()

  async ask(
    question: string,
    begin: (signal: AbortSignal) => Promise<Answer>,
    signal = new AbortController().signal,
  ): Promise<Answer> {
    signal.throwIfAborted()
    const asked = this.#asked.get(question) ?? this.#begin(question, begin)
    asked.waiting++
    let leave: () => void = () => undefined
    const left = new Promise<never>((_, reject) => {
      leave = () => {
        reject(signal.reason as Error)
      }
    })
    signal.addEventListener('abort', leave)
    try {
      return await Promise.race([asked.answer, left])
    } finally {
      signal.removeEventListener('abort', leave)
      asked.waiting--
      if (asked.waiting === 0) this.#end(question, asked)
    }
  }

  #begin(question: string, begin: (signal: AbortSignal) => Promise<Answer>): Asked<Answer> {
    const stop = new AbortController()
    const asked = { answer: begin(stop.signal), stop, waiting: 0 }
    asked.answer.catch(() => undefined)
    this.#asked.set(question, asked)
    return asked
  }

  #end(question: string, asked: Asked<Answer>): void {
    if (this.#asked.get(question) === asked) this.#asked.delete(question)
    asked.stop.abort()
  }
}
