import type { ApplyOperations } from '../../archive/splice/batches.js'
import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'

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
    const applied = await stored.apply(operations, { durable })
    moved()
    return applied
  }

  /** Lets go of the connection. */
  async close(): Promise<void> {
    const session = await this.#session?.catch(() => undefined)
    await session?.close()
  }
}
