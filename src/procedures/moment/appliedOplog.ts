import type { ApplyOperations } from '../../archive/splice/batches.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import { endingWithin } from '../underWay.js'

/** How operations are carried out. */
export interface Applying {
  /** Whether each batch is to be in the journals of a majority before the next one. */
  readonly durable: boolean
  /** Called after every batch. */
  readonly moved: () => void
  readonly signal: AbortSignal
}

/**
 * Carries out the oplog of an archive beside the mongorestore that restores it, once that waits for the oplog: hundreds of operations
 * a round trip, where mongorestore takes one.
 */
export class AppliedOplog {
  readonly #ready: Promise<void>
  #session: Promise<MongoSession> | undefined
  #running: Promise<unknown> = Promise.resolve()
  /** To be called when mongorestore has restored what comes before the oplog. */
  begin: () => void = () => undefined

  constructor(
    private readonly target: Target,
    private readonly world: Pick<World, 'mongo'>,
    private readonly applying: Applying,
  ) {
    this.#ready = new Promise((resolve, reject) => {
      this.begin = resolve
      const { signal } = applying
      const aborted = () => {
        reject(signal.reason as Error)
      }
      if (signal.aborted) aborted()
      else signal.addEventListener('abort', aborted, { once: true })
    })
    // Nobody may have waited when the signal comes.
    this.#ready.catch(() => undefined)
  }

  /** Throws what connecting throws, `OPLOG_REFUSED` (failed), the signal's reason. */
  readonly apply: ApplyOperations = async (operations) => {
    const { durable, moved, signal } = this.applying
    await this.#ready
    signal.throwIfAborted()
    this.#session ??= this.world.mongo.connect(this.target, signal)
    const { stored } = await this.#session
    const running = stored.apply(operations, { durable })
    this.#running = running
    const applied = await running
    moved()
    return applied
  }

  /**
   * Resolves when the server carries nothing out any more: a batch that was sent goes on there, whether anybody listens or not, and whatever is put in the place of
   * what it writes must wait for its end. Throws `RESTORE_STILL_RUNNING` (failed) where that does not come within so many milliseconds.
   */
  async ended(patience: number, cause: unknown): Promise<void> {
    const over = this.#running.catch(() => undefined)
    await endingWithin(over, 'applyOps', patience).catch(() => {
      throw new Failure(
        'failed',
        'RESTORE_STILL_RUNNING',
        `operations of the oplog that were sent to the server of "${this.target.name}" may still be carried out: it does not answer`,
        ['ops stack ps', 'ops doctor'],
        { cause },
      )
    })
  }

  /** Lets go of the connection, as far as that answers within so many milliseconds. */
  async close(patience: number): Promise<void> {
    const closed = this.#session?.then((session) => session.close())
    if (closed) await endingWithin(closed, 'the server', patience).catch(() => undefined)
  }
}
