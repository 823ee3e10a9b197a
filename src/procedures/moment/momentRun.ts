import { Failure } from '../../domain/failure.js'
import type { EngineName } from '../../domain/manifest.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { DumpTools } from '../../ports/tools.js'
import type { World } from '../../ports/world.js'
import { sweepEngines } from '../backup/sweepEngines.js'
import type { StepContext } from '../plan.js'
import { RestoreRun } from '../restore/restoreSteps.js'
import { openSource } from '../restore/source.js'
import { compareMoment, type MomentComparison } from './compare.js'
import { feedMoment } from './feedMoment.js'
import type { MomentFacts } from './momentFacts.js'
import type { OplogHold } from './oplogHold.js'
import { proveBase, proveSlices } from './rehearse.js'
import type { MeasuredReplay } from './replayRate.js'
import { withSession } from '../withSession.js'

/** The part of a restore to a moment that touches the database. */
export class MomentRun {
  comparison: MomentComparison | undefined
  /** Who ran mongorestore, once it did. */
  engine: EngineName | undefined
  replay: MeasuredReplay | undefined
  readonly #back: RestoreRun
  #touched = false
  #stillRunning: Failure | undefined

  constructor(
    private readonly facts: MomentFacts,
    private readonly tools: DumpTools,
    private readonly hold: OplogHold,
    private readonly world: World,
  ) {
    this.#back = new RestoreRun(facts.restore, tools, world)
  }

  /** With a safety backup, or where nothing was there before: then what is there now is ours to remove. */
  get canBeTakenBack(): boolean {
    return this.#back.canBeTakenBack
  }

  /**
   * Looks at everything once more: nothing is to be dropped for files that are not there any more, and nothing that nobody
   * agreed to lose (`PLAN_STALE`). Then the timeline ends.
   */
  async lookOnceMore(context: StepContext): Promise<void> {
    const { moment } = this.facts
    const { world } = this
    for (const left of await sweepEngines(moment.target, world)) context.warn(left)
    await proveSlices(moment, world, context.signal)
    await proveBase(moment, world, context.signal)
    await this.#requireWayBack()
    await this.#requireAgreed(context)
    await this.hold.endTimeline(context)
  }

  /** Makes room and restores. */
  async feed(context: StepContext): Promise<void> {
    const { moment, expected } = this.facts
    const { world, tools } = this
    this.#touched = true
    await this.#clear(context)
    try {
      const fed = await feedMoment({ moment, tools, expected }, world, context)
      this.engine = fed.engine
      this.replay = { operations: expected.operations, milliseconds: Math.round(fed.replayed) }
      context.detail(
        `${fed.restored.toString()} documents restored, ${expected.operations.toString()} operations replayed, by engine ${fed.engine}`,
      )
    } catch (error) {
      if (error instanceof Failure && error.code === 'RESTORE_STILL_RUNNING')
        this.#stillRunning = error
      throw error
    }
  }

  /** Throws `MOMENT_DIFFERS` (integrity) where anything is not as it was. */
  async prove(context: StepContext): Promise<void> {
    const { databases } = this.facts.restore.selection
    const [catalogue, live] = await this.#connected(context, async (session) => [
      await session.catalogue(databases),
      await session.namespaces(databases, 'exactly'),
    ])
    const comparison = compareMoment(this.facts.expected, catalogue, live)
    // Beyond what expires, or what a capped collection holds, nothing can be brought back: whoever asked for it must hear.
    for (const note of comparison.notes) context.warn(`${note}: the server removes some by itself`)
    const { problems } = comparison
    if (problems.length > 0) {
      throw new Failure(
        'integrity',
        'MOMENT_DIFFERS',
        `what was restored is not what was there then: ${problems.join('; ')}`,
        ['ops config show   (is everything that writes named under writers?)', 'ops pitr status'],
        { facts: { problems } },
      )
    }
    this.comparison = comparison
    for (const [name, { documents }] of Object.entries(comparison.collections))
      context.detail(`${name}: ${documents.toString()} documents`)
  }

  /** Brings the state before back. What a replay left half made would be in the way. */
  async takeBack(context: StepContext): Promise<void> {
    if (!this.#touched) return
    // Two mongorestores on one database would make rubble of both states.
    if (this.#stillRunning) throw this.#stillRunning
    await this.#requireWayBack()
    await this.#clear(context)
    await this.#back.takeBack(context)
    // The timeline has ended for good, whatever became of the restore.
    const { name } = this.facts.request.target
    context.warn(
      `slices of ${name} begin again behind a new base: "ops pitr slice --base --target ${name}", or the follower takes it`,
    )
  }

  /** The safety backup is read to its end before anything is dropped: throws what opening it throws. */
  async #requireWayBack(): Promise<void> {
    const id = this.facts.restore.safety?.manifest()?.id
    if (id === undefined) return
    const source = await openSource({ kind: 'id', id }, this.facts.request.target, this.world)
    await source.discard()
  }

  /** Everything of the databases goes, also what no list shows (buckets without their time-series). */
  async #clear(context: StepContext): Promise<void> {
    await this.#connected(context, async (session) => {
      const there = new Set(await session.databases())
      for (const database of this.facts.restore.selection.databases) {
        context.signal.throwIfAborted()
        if (there.has(database)) await session.dropDatabase(database)
      }
    })
  }

  async #requireAgreed(context: StepContext): Promise<void> {
    const { live, selection } = this.facts.restore
    const agreed = new Set(live.map(({ database, collection }) => `${database}.${collection}`))
    const now = await this.#connected(context, (session) =>
      session.namespaces(selection.databases, 'roughly'),
    )
    const changes = now
      .map(({ database, collection }) => `${database}.${collection}`)
      .filter((name) => !agreed.has(name))
      .map((name) => `${name} was made meanwhile`)
    if (changes.length === 0) return
    throw new Failure(
      'refused',
      'PLAN_STALE',
      `things changed after the plan was made: ${changes.join('; ')}; nothing was touched`,
      ['ops …   (plan again)'],
      { facts: { changes } },
    )
  }

  #connected<Answer>(
    { signal }: StepContext,
    use: (session: MongoSession) => Promise<Answer>,
  ): Promise<Answer> {
    return withSession(this.facts.request.target, this.world, signal, use)
  }
}
