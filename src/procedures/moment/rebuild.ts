import type { SplicedState } from '../../archive/splice.js'
import { Failure } from '../../domain/failure.js'
import type { WantedMoment } from '../../domain/oplog/wantedMoment.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import type { StepContext } from '../plan.js'
import { requireFitting } from '../trial/fitting.js'
import { Scratch } from '../trial/scratch.js'
import type { ScratchImage } from '../trial/scratchImage.js'
import { feedMoment } from './feedMoment.js'
import { findMoment, type FoundMoment, type MomentSearch } from './findMoment.js'
import { rehearseMoment } from './rehearse.js'

/** What is rebuilt. */
export interface RebuildOrder {
  /** Whose bases and slices. */
  readonly target: Target
  readonly wanted: WantedMoment
  /** The database that counts. */
  readonly database: string
}

/** A database as it was at a moment, in a server that is there for nothing else. */
export class Rebuild {
  readonly #scratch: Scratch
  #moment: FoundMoment | undefined
  #databases: readonly string[]
  #expected: SplicedState | undefined

  constructor(
    private readonly order: RebuildOrder,
    image: ScratchImage,
    private readonly world: World,
  ) {
    this.#scratch = new Scratch(order.target, image, world)
    this.#databases = [order.database]
  }

  /** Finds base and slices, and reads the base to its end. Throws what `findMoment` throws. */
  async find(search: MomentSearch = {}): Promise<FoundMoment> {
    this.#moment = await findMoment(this.order.wanted, this.order.target, this.world, search)
    return this.#moment
  }

  /**
   * Puts base and slices together once and throws that away. Of the database alone, unless something was moved from one database to
   * another meanwhile: then of all. Throws what rehearsing throws.
   */
  async rehearse(signal: AbortSignal): Promise<SplicedState> {
    try {
      this.#expected = await rehearseMoment(this.#source(this.order.target), this.world, signal)
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'SPLICE_CANNOT_REPLAY') throw error
      this.#databases = []
      this.#expected = await rehearseMoment(this.#source(this.order.target), this.world, signal)
    }
    return this.#expected
  }

  /** Throws what starting a scratch server throws, `SCRATCH_UNFIT` (environment). */
  async start(context: StepContext): Promise<void> {
    const { contents } = this.#found().source
    await this.#scratch.start(contents.rawBytes, context)
    await requireFitting(this.asTarget, contents.serverVersion, this.world, context.signal)
  }

  /** Restores what was rehearsed. Throws what feeding throws. */
  async restore(context: StepContext): Promise<void> {
    const { expected, world } = this
    const moment = this.#source(this.asTarget)
    const bytes = moment.source.contents.rawBytes
    const { tools } = await world.tools.choose(this.asTarget, { kind: 'restore', bytes })
    const { restored } = await feedMoment({ moment, tools, expected }, world, context)
    const operations = expected.operations.toString()
    context.detail(`${restored.toString()} documents restored, ${operations} operations replayed`)
  }

  /** What was there at the moment. */
  get expected(): SplicedState {
    if (!this.#expected) throw new Error('what was there is known once it was rehearsed')
    return this.#expected
  }

  /** The server as a target. */
  get asTarget(): Target {
    return this.#scratch.asTarget
  }

  /** Removes the server with everything in it, and keeps what was put down to be read. May be called again. */
  end(): Promise<void> {
    return this.#scratch.remove()
  }

  /** Removes the server with everything in it, and what was put down to be read. May be called again, and where nothing was there. */
  async remove(): Promise<void> {
    await this.#scratch.remove()
    await this.#moment?.discard?.()
  }

  /** What a server is made of, narrowed to what is rebuilt. */
  #source(server: Target): FoundMoment {
    return { ...this.#found(), target: { ...server, databases: this.#databases } }
  }

  #found(): FoundMoment {
    if (!this.#moment) throw new Error('a moment is rebuilt after it was found')
    return this.#moment
  }
}
