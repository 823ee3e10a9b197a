import type { Span } from '../../../domain/bisect/positions.js'
import type { Optime } from '../../../domain/contents.js'
import { rightBefore } from '../../../domain/deletions/deletion.js'
import { Failure } from '../../../domain/failure.js'
import { isAfter, optimeText } from '../../../domain/oplog/optime.js'
import type { Target } from '../../../domain/target.js'
import type { Matching } from '../../../ports/documents.js'
import type { World } from '../../../ports/world.js'
import { feedMoment } from '../../moment/feedMoment.js'
import { findMoment, type FoundMoment } from '../../moment/findMoment.js'
import type { StepContext } from '../../plan.js'
import { feedArchive } from '../../restore/feed.js'
import { decideSelection } from '../../restore/selection.js'
import { openSource, type Source } from '../../restore/source.js'
import { requireFitting } from '../../trial/fitting.js'
import { Scratch } from '../../trial/scratch.js'
import type { ScratchImage } from '../../trial/scratchImage.js'
import { withSession } from '../../withSession.js'
import type { BisectRequest } from './bisectFacts.js'

/** What a query matches in a state. */
export interface SeenMatching extends Matching {
  /** Whether the collection was there. */
  readonly isThere: boolean
}

/** Ids of documents that are kept of a state. */
export const keptIds = 1_000

/** How much of a state is restored: the collection alone, its database, or all. */
type Breadth = 'collection' | 'database' | 'everything'

/**
 * States of one collection, restored one after the other into one scratch server, and asked. Each is that of a backup, or of a moment: by
 * the splice that a restore to a moment goes by, so that transactions are whole and the order is kept.
 */
export class States {
  readonly asked = { backups: 0, moments: 0 }
  readonly #scratch: Scratch
  readonly #moments = new Map<string, SeenMatching>()
  #breadth: Breadth = 'collection'
  #found: FoundMoment | undefined
  readonly #discards: (() => Promise<void>)[] = []

  constructor(
    private readonly request: BisectRequest,
    image: ScratchImage,
    private readonly world: World,
  ) {
    this.#scratch = new Scratch(request.target, image, world)
  }

  /** `rawBytes`: of the largest backup. Throws what starting a scratch server throws. */
  start(rawBytes: number, context: StepContext): Promise<void> {
    return this.#scratch.start(rawBytes, context)
  }

  /** What matches in a backup. Throws what opening and feeding it throw, `SCRATCH_UNFIT` (environment). */
  async ofBackup(id: string, context: StepContext): Promise<SeenMatching> {
    const { target, namespace } = this.request
    const { world } = this
    const source = await openSource({ kind: 'id', id }, target, world)
    try {
      const server = await this.#emptied(source, context)
      const name = `${namespace.database}.${namespace.collection}`
      // What was made while it was taken is known by its oplog alone.
      const { database } = namespace
      const choice = name in source.contents.namespaces ? namespace : { database }
      const selection = decideSelection(choice, server, source.contents)
      const bytes = source.contents.rawBytes
      const { tools } = await world.tools.choose(server, { kind: 'restore', bytes })
      await feedArchive({ target: server, tools, source, selection }, world, context)
    } finally {
      await source.discard()
    }
    this.asked.backups++
    return this.#ask(context)
  }

  /** Finds base and slices that lead through all of a span, so that they are looked for once. Throws what `findMoment` throws. */
  async prepare({ clean, dirty }: Span, context: StepContext): Promise<void> {
    const last = rightBefore(dirty)
    if (!isAfter(clean, last)) await this.#covering(last, context)
  }

  /** What matches at a moment: right after that entry of the oplog. Throws what finding and feeding it throw. */
  async atMoment(until: Optime, context: StepContext): Promise<SeenMatching> {
    const known = this.#moments.get(optimeText(until))
    if (known) return known
    const moment = await this.#covering(until, context)
    for (;;) {
      try {
        await this.#feed(moment, context)
        break
      } catch (error) {
        if (!this.#canBeWider(error)) throw error
        context.detail(`restoring ${this.#breadth} from here on: ${error.message}`)
      }
    }
    this.asked.moments++
    const seen = await this.#ask(context)
    this.#moments.set(optimeText(until), seen)
    return seen
  }

  /** Notes down what a moment was like that is known from elsewhere: the one that a backup is consistent at. */
  remember(at: Optime, seen: SeenMatching): void {
    this.#moments.set(optimeText(at), seen)
  }

  /** Removes the server with everything in it. May be called again, and where it was never there. */
  async remove(): Promise<void> {
    await this.#scratch.remove()
    for (const discard of this.#discards.splice(0)) await discard()
  }

  async #feed(moment: FoundMoment, context: StepContext): Promise<void> {
    const { namespace } = this.request
    const server = await this.#emptied(moment.source, context)
    const databases = this.#breadth === 'everything' ? [] : [namespace.database]
    const bytes = moment.source.contents.rawBytes
    const { tools } = await this.world.tools.choose(server, { kind: 'restore', bytes })
    const narrowed = { ...moment, target: { ...server, databases } }
    const only = this.#breadth === 'collection' ? { only: namespace } : {}
    await feedMoment({ moment: narrowed, tools, ...only }, this.world, context)
  }

  /** Whether more of the state can be restored: something came from outside of what is restored now. */
  #canBeWider(error: unknown): error is Failure {
    if (!(error instanceof Failure)) return false
    if (error.code === 'OPLOG_CANNOT_SELECT' && this.#breadth === 'collection')
      this.#breadth = 'database'
    else if (error.code === 'SPLICE_CANNOT_REPLAY' && this.#breadth !== 'everything')
      this.#breadth = 'everything'
    else return false
    return true
  }

  /** Base and slices of a moment; those of the one before, where they reach it. */
  async #covering(until: Optime, { signal, warn }: StepContext): Promise<FoundMoment> {
    const { target } = this.request
    const last = this.#found
    if (last && covers(last, until)) return upTo(last, until)
    const wanted = { until, text: `entry ${optimeText(until)} of the oplog` }
    const found = await findMoment(wanted, target, this.world, { signal })
    for (const text of found.passedOver) warn(text)
    if (found.discard) this.#discards.push(found.discard)
    this.#found = found
    return found
  }

  async #emptied({ contents }: Source, { signal }: StepContext): Promise<Target> {
    const server = this.#scratch.asTarget
    await requireFitting(server, contents.serverVersion, this.world, signal)
    await withSession(server, this.world, signal, async (session) => {
      for (const database of await session.databases()) await session.dropDatabase(database)
    })
    return server
  }

  #ask({ signal }: StepContext): Promise<SeenMatching> {
    const { namespace, query } = this.request
    return withSession(this.#scratch.asTarget, this.world, signal, async ({ stored }) => ({
      ...(await stored.matching(namespace, query, keptIds)),
      isThere: (await stored.definition(namespace)) !== undefined,
    }))
  }
}

function covers({ source, slices }: FoundMoment, until: Optime): boolean {
  const from = source.contents.oplog?.last
  const to = slices.at(-1)?.end.at ?? from
  return from !== undefined && to !== undefined && !isAfter(from, until) && !isAfter(until, to)
}

function upTo(found: FoundMoment, until: Optime): FoundMoment {
  const slices = found.slices.filter(({ start }) => isAfter(until, start.at))
  return { ...found, until, slices }
}
