import { Failure } from '../../domain/failure.js'
import { scrub } from '../../domain/scrub.js'

/** What is told of slices that the follower brings elsewhere. */
export type CopyEvent =
  /** A place does not take them; told once until it does. */
  | { readonly kind: 'copy failed'; readonly place: string; readonly failure: Failure }
  | { readonly kind: 'copies go on'; readonly place: string }

/** A place, and how slices are brought there. */
export interface SlicePlace {
  readonly name: string
  readonly bring: () => Promise<unknown>
}

/**
 * Brings slices to places beside the rounds that take them: one run at a time for each place, and a place that fails, or hangs,
 * holds up nobody. What it lacks is brought when it is back.
 */
export class CopiesBeside {
  readonly #running = new Map<string, Promise<void>>()
  readonly #troubled = new Map<string, string>()

  constructor(
    private readonly places: readonly SlicePlace[],
    private readonly tell: (event: CopyEvent) => void,
    /** Ends what is under way; that is no trouble. */
    private readonly signal: AbortSignal,
    /** What may pass, as a `Failure`; nothing for a mistake of ours. */
    private readonly mayPass: (error: unknown) => Failure | undefined,
  ) {}

  /** Hears after each round whether there is anything new. */
  consider(isNew: boolean): void {
    for (const place of this.places) {
      if (this.#running.has(place.name)) continue
      if (!isNew && !this.#troubled.has(place.name)) continue
      const running = this.#bring(place).finally(() => this.#running.delete(place.name))
      this.#running.set(place.name, running)
    }
  }

  /** Waits for what is under way. */
  async end(): Promise<void> {
    await Promise.all(this.#running.values())
  }

  async #bring({ name, bring }: SlicePlace): Promise<void> {
    try {
      await bring()
      if (this.#troubled.delete(name)) this.tell({ kind: 'copies go on', place: name })
    } catch (error) {
      if (this.signal.aborted) return
      // A mistake of ours here must not end the slices: it is told like any other trouble.
      const failure = this.mayPass(error) ?? ourMistake(error)
      if (this.#troubled.get(name) !== failure.code)
        this.tell({ kind: 'copy failed', place: name, failure })
      this.#troubled.set(name, failure.code)
    }
  }
}

function ourMistake(error: unknown): Failure {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return new Failure(
    'failed',
    'BUG',
    `this is a bug of ops, not of what it looks after: ${scrub(message)}`,
    ['ops backup copy --verbose'],
    { cause: error },
  )
}
