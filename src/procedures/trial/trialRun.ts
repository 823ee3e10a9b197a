import { Failure } from '../../domain/failure.js'
import type { RestoreTest } from '../../domain/restoreTest.js'
import type { Target } from '../../domain/target.js'
import type { ShelfEntry } from '../../ports/shelf.js'
import type { World } from '../../ports/world.js'
import type { StepContext } from '../plan.js'
import { compareRestored, type Comparison } from '../restore/compare.js'
import { feedArchive } from '../restore/feed.js'
import { decideSelection, type Selection } from '../restore/selection.js'
import { openSource, type Source } from '../restore/source.js'
import { requireFitting } from './fitting.js'
import { compareOptions, compareSample, validateAll } from './prove.js'
import { samplingTools, type SamplingTools } from './sampling.js'
import type { Scratch } from './scratch.js'
import { trialDiffers, trialFailure } from './trialFailure.js'
import { watchedShelf } from './watchedShelf.js'

/** The steps of one trial restore, and what they hand to each other. */
export class TrialRun {
  comparison: Comparison | undefined
  validated = 0
  tested: RestoreTest | undefined
  #source: Source | undefined
  #sampling: SamplingTools | undefined
  #began = 0

  constructor(
    private readonly target: Target,
    private readonly entry: ShelfEntry,
    private readonly scratch: Scratch,
    private readonly world: World,
  ) {}

  /** Reads the archive to its end: what is damaged is not worth a server. Throws what `openSource` throws. */
  async read(context: StepContext): Promise<void> {
    const { id, bytes } = this.entry.manifest
    const shelf = watchedShelf(this.world.shelf(this.target), bytes, context)
    this.#source = await openSource({ kind: 'id', id }, this.target, {
      ...this.world,
      shelf: () => shelf,
    })
  }

  async start(context: StepContext): Promise<void> {
    const { contents } = this.#opened()
    await this.scratch.start(contents.rawBytes, context)
    await requireFitting(this.scratch.asTarget, contents.serverVersion, this.world, context.signal)
  }

  /** Throws `TRIAL_CUT_OFF` (environment), `TRIAL_RESTORE_FAILED` (failed), `TRIAL_DIFFERS` (integrity), and what feeding throws. */
  async restore(context: StepContext): Promise<void> {
    const source = this.#opened()
    const target = this.scratch.asTarget
    const bytes = source.contents.rawBytes
    const { tools } = await this.world.tools.choose(target, { kind: 'restore', bytes })
    this.#sampling = samplingTools(tools, this.world.host.token())
    this.#began = this.world.clock.elapsed()
    const job = { target, tools: this.#sampling.tools, source, selection: this.#selection() }
    const { restored } = await feedArchive(job, this.world, context).catch((error: unknown) =>
      this.#explain(error, context),
    )
    context.detail(`${restored.toString()} documents restored`)
  }

  /** Throws `TRIAL_DIFFERS` (integrity) where anything is not as the archive says, `TRIAL_CUT_OFF` (environment). */
  async prove(context: StepContext): Promise<void> {
    await this.#prove(context).catch((error: unknown) => this.#explain(error, context))
  }

  /** Writes into the manifest what was proved. */
  async record(): Promise<void> {
    const { tested } = this
    if (!tested) throw new Error('a trial is recorded after it was proved')
    const shelf = this.world.shelf(this.target)
    const { id } = this.entry.manifest
    await shelf.annotate(id, { tested })
    await shelf.judge(id, 'restore-tested', this.world.clock.now(), judgement(tested))
  }

  async #prove({ signal, detail }: StepContext): Promise<void> {
    const { contents } = this.#opened()
    const selection = this.#selection()
    const session = await this.world.mongo.connect(this.scratch.asTarget, signal)
    try {
      const live = await session.namespaces(selection.databases, 'exactly')
      const comparison = compareRestored(contents, selection, live)
      const milliseconds = this.world.clock.elapsed() - this.#began
      const options = compareOptions(contents, selection, live)
      const sample = await compareSample(session, contents, this.#drawn(), signal)
      const valid = await validateAll(session, selection, signal)
      const wrongData = [...comparison.documentProblems, ...sample.wrongData, ...valid.wrongData]
      const all = [...new Set([...wrongData, ...comparison.problems, ...options.wrongMake])]
      if (all.length > 0) await this.#refuse(all, wrongData.length > 0)
      this.comparison = comparison
      this.validated = valid.looked
      const documents = Object.values(comparison.collections).reduce(
        (total, one) => total + one.documents,
        0,
      )
      const { version } = await session.server()
      this.tested = {
        at: this.world.clock.now().toISOString(),
        serverVersion: version,
        documents,
        sampled: sample.looked,
        seconds: Math.round(milliseconds) / 1000,
        secondsPerGigabyte: Math.round(milliseconds / (contents.rawBytes / 1e9)) / 1000,
      }
      detail(
        `${documents.toString()} documents counted, ${sample.looked.toString()} compared byte for byte, ${valid.looked.toString()} collections validated`,
      )
    } finally {
      await session.close()
    }
  }

  /** Only wrong documents make a backup damaged: an index or an option can be made anew, what it is of is there. */
  async #refuse(problems: readonly string[], damaged: boolean): Promise<never> {
    const { id } = this.entry.manifest
    const failure = trialDiffers(id, problems)
    if (damaged) {
      const shelf = this.world.shelf(this.target)
      await shelf.judge(id, 'damaged', this.world.clock.now(), failure.message)
    }
    throw failure
  }

  async #explain(error: unknown, { signal }: StepContext): Promise<never> {
    if (signal.aborted) throw error
    const { id } = this.entry.manifest
    const cutOff = await this.scratch.cutOff()
    if (cutOff === undefined && error instanceof Failure && error.code === 'RESTORE_INCOMPLETE')
      return this.#refuse([error.message], true)
    throw trialFailure(id, error, cutOff)
  }

  #selection(): Selection {
    return decideSelection({}, this.scratch.asTarget, this.#opened().contents)
  }

  #drawn() {
    if (!this.#sampling) throw new Error('a trial is proved after it was restored')
    return this.#sampling.taken()
  }

  #opened(): Source {
    if (!this.#source) throw new Error('a trial is begun after the archive was read')
    return this.#source
  }
}

function judgement({ documents, sampled = 0, serverVersion }: RestoreTest): string {
  return `restored into a scratch server of MongoDB ${serverVersion}: ${documents.toString()} documents counted, ${sampled.toString()} compared byte for byte, every collection valid`
}
