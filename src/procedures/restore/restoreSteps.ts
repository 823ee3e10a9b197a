import { Failure } from '../../domain/failure.js'
import type { EngineName } from '../../domain/manifest.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { DumpTools } from '../../ports/tools.js'
import type { World } from '../../ports/world.js'
import { sweepEngines } from '../backup/sweepEngines.js'
import type { Step, StepContext } from '../plan.js'
import { compareRestored, type Comparison } from './compare.js'
import { touchedBy, type RestoreFacts } from './facts.js'
import { feedArchive } from './feed.js'
import { within } from './lookAgain.js'
import { extras, type Selection } from './selection.js'
import { openSource, type Source } from './source.js'
import { selectionBefore } from './stateBefore.js'
import { withSession } from '../withSession.js'

/** The part of a restore that touches the database. */
export class RestoreRun {
  comparison: Comparison | undefined
  /** Who ran mongorestore, once it did. */
  engine: EngineName | undefined
  /** Collections dropped because the backup does not hold them. */
  dropped: readonly string[] = []
  #takingBack: Promise<void> | undefined
  #stillRunning: Failure | undefined

  constructor(
    private readonly facts: RestoreFacts,
    private readonly tools: DumpTools,
    private readonly world: World,
  ) {}

  /** With a safety backup, or where nothing was there before: then what is there now is ours to remove. */
  get canBeTakenBack(): boolean {
    return this.facts.safety !== undefined || this.facts.live.length === 0
  }

  async feed(context: StepContext): Promise<void> {
    const { source, selection, request } = this.facts
    // The safety backup does so too, but not every restore takes one.
    for (const left of await sweepEngines(request.target, this.world)) context.warn(left)
    await this.#feed(source, selection, context).catch((error: unknown) => {
      if (error instanceof Failure && error.code === 'RESTORE_STILL_RUNNING')
        this.#stillRunning = error
      throw error
    })
  }

  /** Drops what the plan said would be dropped. What appeared since is named and left: nobody agreed to lose it. */
  async dropSurplus(context: StepContext): Promise<void> {
    const agreed = new Set(this.facts.surplus.map(nameOf))
    const now = await this.#surplus(this.facts.selection, context)
    for (const name of now.filter((each) => !agreed.has(each))) {
      context.warn(`${name} is not in the backup and was made after the plan: it is left as it is`)
    }
    this.dropped = await this.#drop(
      now.filter((name) => agreed.has(name)),
      context,
    )
  }

  async prove(context: StepContext): Promise<void> {
    const { source, selection } = this.facts
    this.comparison = await this.#compared(source, selection, context)
    for (const note of this.comparison.notes) context.detail(note)
    for (const [name, { documents, expected }] of Object.entries(this.comparison.collections)) {
      context.detail(
        `${name}: ${documents.toString()} documents, the backup says ${expected.toString()}`,
      )
    }
  }

  /** Brings the state before back, once, whichever step asks first; the others wait for the same outcome. */
  takeBack(context: StepContext): Promise<void> {
    return (this.#takingBack ??= this.#takeBack(context))
  }

  async #takeBack(context: StepContext): Promise<void> {
    // Two mongorestores on one database would make rubble of both states.
    if (this.#stillRunning) throw this.#stillRunning
    const { selection, request, safety } = this.facts
    const { into } = selection
    if (into !== undefined) {
      await this.#connected(context, (session) => session.dropDatabase(into))
      return
    }
    const touched = touchedBy(selection)
    const id = safety?.manifest()?.id
    if (id === undefined || !touched) {
      // Nothing was there before: everything within what was touched came from this run.
      await this.#drop(
        await this.#surplus({ ...selection, namespaces: {}, born: [] }, context),
        context,
      )
      return
    }
    const { target } = request
    const source = await openSource({ kind: 'id', id }, target, this.world)
    const before = selectionBefore(touched, source.contents)
    if (Object.keys(before.namespaces).length > 0) await this.#feed(source, before, context)
    await this.#drop(await this.#surplus(before, context), context)
    await this.#compared(source, before, context)
  }

  async #feed(source: Source, selection: Selection, context: StepContext): Promise<void> {
    const { target } = this.facts.request
    await this.#emptyFunctions(selection, context)
    const outcome = await feedArchive(
      { target, tools: this.tools, source, selection },
      this.world,
      context,
    )
    this.engine = outcome.engine
    context.detail(
      `${outcome.restored.toString()} documents restored, ${outcome.failed.toString()} failed, by engine ${outcome.engine}`,
    )
  }

  /** mongorestore cannot drop `system.js`, and fails on the documents that are there already. */
  async #emptyFunctions({ namespaces, into }: Selection, context: StepContext): Promise<void> {
    const functions = Object.values(namespaces).filter(
      ({ collection }) => collection === 'system.js',
    )
    if (functions.length === 0) return
    await this.#connected(context, async (session) => {
      for (const { database, collection } of functions) {
        await session.emptyCollection(into ?? database, collection)
      }
    })
  }

  /** Names of what is there now, within the selection's reach, and not in it. */
  async #surplus(selection: Selection, context: StepContext): Promise<readonly string[]> {
    const live = await this.#connected(context, (session) =>
      session.namespaces(selection.databases, 'roughly'),
    )
    return extras(within(live, { selection }), selection).map(nameOf)
  }

  async #drop(names: readonly string[], context: StepContext): Promise<readonly string[]> {
    await this.#connected(context, async (session) => {
      for (const name of names) {
        context.signal.throwIfAborted()
        const dot = name.indexOf('.')
        const [database, collection] = [name.slice(0, dot), name.slice(dot + 1)]
        if (collection === 'system.js') await session.emptyCollection(database, collection)
        else await session.dropCollection(database, collection)
      }
    })
    return names
  }

  /** Throws `RESTORE_DIFFERS` (integrity) where anything is not as the archive says. */
  async #compared(source: Source, selection: Selection, context: StepContext): Promise<Comparison> {
    const databases = selection.into === undefined ? selection.databases : [selection.into]
    const live = await this.#connected(context, (session) =>
      session.namespaces(databases, 'exactly'),
    )
    const comparison = compareRestored(source.contents, selection, live)
    const { problems } = comparison
    if (problems.length === 0) return comparison
    throw new Failure(
      'integrity',
      'RESTORE_DIFFERS',
      `what was restored is not what the backup says: ${problems.join('; ')}`,
      ['ops config show   (is everything that writes named under writers?)', 'ops restore'],
      { facts: { problems } },
    )
  }

  #connected<Answer>(
    { signal }: StepContext,
    use: (session: MongoSession) => Promise<Answer>,
  ): Promise<Answer> {
    return withSession(this.facts.request.target, this.world, signal, use)
  }
}

function nameOf({
  database,
  collection,
}: {
  readonly database: string
  readonly collection: string
}): string {
  return `${database}.${collection}`
}

/** What a restore does to the database. */
export type RestoreActs = Pick<
  RestoreRun,
  'canBeTakenBack' | 'feed' | 'dropSurplus' | 'takeBack' | 'prove'
>

/** Restore, drop what is not in the backup, prove. `begin` is called when the first of them starts. */
export function restoreSteps(
  run: RestoreActs,
  { selection, surplus }: RestoreFacts,
  begin: () => void,
): readonly Step[] {
  const { into, namespaces } = selection
  const size = Object.keys(namespaces).length
  const effect = into === undefined ? 'destroys' : 'changes'
  // Taking back either step means the same: the state before. Without a way back, none is promised.
  const undo = run.canBeTakenBack ? { undo: (context: StepContext) => run.takeBack(context) } : {}
  const names = surplus.map(nameOf)
  const feed: Step = {
    title: `Restore ${size.toString()} ${size === 1 ? 'collection' : 'collections'}${into === undefined ? '' : ` to ${into}`}`,
    effect,
    undoWhen: into === undefined ? 'failure' : 'always',
    run: (context) => {
      begin()
      return run.feed(context)
    },
    ...undo,
  }
  const drop: Step = {
    title: `Drop what is not in the backup: ${names.join(', ')}`,
    effect: 'destroys',
    undoWhen: 'failure',
    run: (context) => {
      if (size === 0) begin()
      return run.dropSurplus(context)
    },
    ...undo,
  }
  const prove: Step = {
    title: 'Prove that everything came back',
    effect: 'reads',
    run: (context) => run.prove(context),
  }
  return [...(size > 0 ? [feed] : []), ...(names.length > 0 ? [drop] : []), prove]
}
