import type { EngineName } from '../../domain/manifest.js'
import type { DumpTools } from '../../ports/tools.js'
import type { World } from '../../ports/world.js'
import type { StepContext } from '../plan.js'
import type { Comparison } from '../restore/compare.js'
import type { RestoreFacts } from '../restore/facts.js'
import { RestoreRun, type RestoreActs } from '../restore/restoreSteps.js'
import { decideSelection } from '../restore/selection.js'
import type { Source } from '../restore/source.js'
import type { Rebuild } from './rebuild.js'
import { takeOut } from './takeOut.js'

/** What taking a part out of a scratch server needs to know. */
export interface PartJob {
  /** As of a restore; what is restored is known by what was there then, until it was taken out. */
  readonly facts: RestoreFacts
  readonly rebuild: Pick<Rebuild, 'asTarget' | 'expected' | 'end'>
  readonly tools: DumpTools
  /** How what was taken out is called. */
  readonly name: string
  /** Bytes it will probably have. */
  readonly bytes: number
}

/** A restore whose source is made on the way: what a scratch server holds of a part. */
export class PartRun implements RestoreActs {
  source: Source | undefined
  #restore: RestoreRun

  constructor(
    private readonly job: PartJob,
    private readonly world: World,
  ) {
    this.#restore = new RestoreRun(job.facts, job.tools, world)
  }

  get comparison(): Comparison | undefined {
    return this.#restore.comparison
  }

  get dropped(): readonly string[] {
    return this.#restore.dropped
  }

  get engine(): EngineName | undefined {
    return this.#restore.engine
  }

  get canBeTakenBack(): boolean {
    return this.#restore.canBeTakenBack
  }

  /** Dumps the part, and lets the scratch server go. Throws what `takeOut` throws. */
  async takeOut(context: StepContext): Promise<void> {
    const { facts, rebuild, tools, name, bytes } = this.job
    const { target, compression, choice } = facts.request
    const { selection } = facts
    const { expected } = rebuild
    const order = { target, scratch: rebuild.asTarget, selection, expected, compression }
    const source = await takeOut({ ...order, name, bytes }, this.world, context)
    this.source = source
    const found = { source, selection: decideSelection(choice, target, source.contents) }
    this.#restore = new RestoreRun({ ...facts, ...found }, tools, this.world)
    const counted = Object.values(found.selection.namespaces)
    const documents = counted.reduce((sum, one) => sum + one.documents, 0)
    context.detail(
      `${counted.length.toString()} collections, ${documents.toString()} documents, ${source.fileBytes.toString()} bytes beside the backups`,
    )
    await rebuild.end()
  }

  feed(context: StepContext): Promise<void> {
    return this.#restore.feed(context)
  }

  dropSurplus(context: StepContext): Promise<void> {
    return this.#restore.dropSurplus(context)
  }

  prove(context: StepContext): Promise<void> {
    return this.#restore.prove(context)
  }

  takeBack(context: StepContext): Promise<void> {
    return this.#restore.takeBack(context)
  }

  /** Removes what was taken out. May be called again. */
  async discard(): Promise<void> {
    const source = this.source
    this.source = undefined
    await source?.discard()
  }
}
