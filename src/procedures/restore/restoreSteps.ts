import { Failure } from '../../domain/failure.js'
import type { LiveNamespace, MongoSession } from '../../ports/mongo.js'
import type { DumpTools } from '../../ports/tools.js'
import type { World } from '../../ports/world.js'
import type { Step, StepContext } from '../plan.js'
import { compareRestored, type Comparison } from './compare.js'
import { feedArchive } from './feed.js'
import type { RestoreFacts } from './facts.js'
import { openSource } from './source.js'

/** The part of a restore that touches the database. */
export class RestoreRun {
  comparison: Comparison | undefined
  #takenBack = false

  constructor(
    private readonly facts: RestoreFacts,
    private readonly tools: DumpTools,
    private readonly world: World,
  ) {}

  get surplus(): readonly LiveNamespace[] {
    return this.facts.surplus
  }

  get into(): string | undefined {
    return this.facts.selection.into
  }

  get size(): number {
    return Object.keys(this.facts.selection.namespaces).length
  }

  get canBeTakenBack(): boolean {
    return this.into !== undefined || this.facts.safety !== undefined
  }

  async dropSurplus(context: StepContext): Promise<void> {
    await this.#connected(context, async (session) => {
      for (const { database, collection } of this.surplus) {
        context.signal.throwIfAborted()
        await session.dropCollection(database, collection)
      }
    })
  }

  async feed(context: StepContext): Promise<void> {
    const { request, source, selection } = this.facts
    const outcome = await feedArchive(
      { target: request.target, tools: this.tools, source, selection },
      this.world,
      context,
    )
    context.detail(
      `${outcome.restored.toString()} documents restored, ${outcome.failed.toString()} failed`,
    )
  }

  /** After a failed restore: what the safety backup holds replaces whatever is there, or the half-made copy goes. */
  async takeBack(context: StepContext): Promise<void> {
    if (this.#takenBack) return
    this.#takenBack = true
    const { request, selection, safety } = this.facts
    if (selection.into !== undefined) {
      const { into } = selection
      await this.#connected(context, (session) => session.dropDatabase(into))
      return
    }
    const id = safety?.id()
    if (id === undefined || safety?.manifest() === undefined) {
      throw new Failure('failed', 'NO_SAFETY_BACKUP', 'no safety backup was taken', [
        'ops restore latest',
      ])
    }
    const { target } = request
    const source = await openSource(
      { kind: 'id', id },
      target,
      this.world.shelf(target),
      this.world.clock,
    )
    const before = Object.fromEntries(
      Object.entries(source.contents.namespaces).filter(
        ([, { database, collection }]) =>
          selection.databases.includes(database) &&
          (selection.collection === undefined || selection.collection === collection),
      ),
    )
    await this.#connected(context, async (session) => {
      for (const { database, collection } of await session.namespaces(
        selection.databases,
        'roughly',
      )) {
        const touched = selection.collection === undefined || selection.collection === collection
        if (touched && !(`${database}.${collection}` in before))
          await session.dropCollection(database, collection)
      }
    })
    if (Object.keys(before).length === 0) return
    await feedArchive(
      {
        target,
        tools: this.tools,
        source,
        selection: { ...selection, namespaces: before },
      },
      this.world,
      context,
    )
  }

  async prove(context: StepContext): Promise<void> {
    const { source, selection } = this.facts
    const databases = selection.into === undefined ? selection.databases : [selection.into]
    const live = await this.#connected(context, (session) =>
      session.namespaces(databases, 'exactly'),
    )
    this.comparison = compareRestored(source.contents, selection, live)
    const { collections, problems } = this.comparison
    if (problems.length > 0) {
      throw new Failure(
        'integrity',
        'RESTORE_DIFFERS',
        `what was restored is not what the backup says: ${problems.join('; ')}`,
        ['ops undo', 'ops restore'],
        { facts: { problems } },
      )
    }
    for (const [name, { documents, expected }] of Object.entries(collections)) {
      context.detail(
        `${name}: ${documents.toString()} documents, the backup says ${expected.toString()}`,
      )
    }
  }

  async #connected<Answer>(
    context: StepContext,
    use: (session: MongoSession) => Promise<Answer>,
  ): Promise<Answer> {
    const session = await this.world.mongo.connect(this.facts.request.target, context.signal)
    try {
      return await use(session)
    } finally {
      await session.close()
    }
  }
}

/** Drop what is not in the backup, restore, prove. `begin` is called when the first of them starts. */
export function restoreSteps(run: RestoreRun, begin: () => void): readonly Step[] {
  const effect = run.into === undefined ? 'destroys' : 'changes'
  // Taking back either step means the same: the state before, from the safety backup. Without one there is no way back.
  const undo = run.canBeTakenBack ? { undo: (context: StepContext) => run.takeBack(context) } : {}
  const names = run.surplus.map(({ database, collection }) => `${database}.${collection}`)
  const drop: readonly Step[] =
    names.length === 0
      ? []
      : [
          {
            title: `Drop what is not in the backup: ${names.join(', ')}`,
            effect: 'destroys',
            undoWhen: 'failure',
            run: (context) => run.dropSurplus(context),
            ...undo,
          },
        ]
  return [
    ...drop,
    {
      title: `Restore ${run.size.toString()} collections${run.into === undefined ? '' : ` to ${run.into}`}`,
      effect,
      undoWhen: run.into === undefined ? 'failure' : 'always',
      run: (context) => {
        begin()
        return run.feed(context)
      },
      ...undo,
    },
    {
      title: 'Prove that everything came back',
      effect: 'reads',
      run: (context) => run.prove(context),
    },
  ]
}
