import { positionsIn, isOneEntry, type Span } from '../../../domain/bisect/positions.js'
import { turningPoint, turnOf } from '../../../domain/bisect/turningPoint.js'
import type { Optime } from '../../../domain/contents.js'
import type { Manifest } from '../../../domain/manifest.js'
import { baseOf } from '../../../domain/oplog/base.js'
import { Failure } from '../../../domain/failure.js'
import { isAfter, optimeText } from '../../../domain/oplog/optime.js'
import type { World } from '../../../ports/world.js'
import { underSliceLock } from '../../oplog/sliceLock.js'
import { takeSlicesLocked } from '../../oplog/takeSlices.js'
import type { StepContext } from '../../plan.js'
import { mayHold } from './backupsInOrder.js'
import type { BisectFacts } from './bisectFacts.js'
import {
  isOutOfReach,
  isPassedOver,
  matchedBefore,
  nothingMatches,
  whyStopped,
} from './bisectFailures.js'
import type { SpanReader, Suspects } from './entriesOfSpan.js'
import type { SeenMatching, States } from './states.js'

/** Two backups next to each other, of which the first is clean; absent: the second is what is there now. */
interface TurnedBetween {
  readonly clean: Manifest
  readonly dirty?: Manifest
}

/** The last entry that slices lead to; why it is not the newest one, where that is known. */
interface Reached {
  readonly to: Optime | undefined
  readonly stopped?: string
}

/** What came of it. */
export type Narrowed =
  | { readonly found: 'states'; readonly missing: string; readonly cleanAt?: Optime }
  | {
      readonly found: 'stretch' | 'operation'
      readonly span: Span
      /** The clean end that the search began with: a transaction may have begun long before it was committed. */
      readonly since: Optime
    }

/** The steps of one search, and what they hand to each other. */
export class BisectRun {
  narrowed: Narrowed | undefined
  #turned: TurnedBetween | undefined
  readonly #seen = new Map<string, SeenMatching>()

  constructor(
    private readonly facts: BisectFacts,
    private readonly states: States,
    private readonly reader: SpanReader,
    private readonly world: World,
  ) {}

  /** The backups between which it turned; known once those were asked. */
  get turned(): TurnedBetween {
    if (!this.#turned) throw new Error('where it turned is known once the backups were asked')
    return this.#turned
  }

  /** What matches in the clean one of the two states, and whether the collection was there. */
  get cleanMatching(): SeenMatching | undefined {
    return this.#seen.get(this.turned.clean.id)
  }

  /** What matches in the dirty one of the two states. */
  get dirtyMatching(): Pick<SeenMatching, 'count' | 'ids'> {
    const { dirty } = this.turned
    return (dirty && this.#seen.get(dirty.id)) ?? this.facts.now
  }

  /**
   * Asks backups. One that is damaged, or cannot be restored here, is passed over. Throws `NOTHING_MATCHES`, `MATCHED_BEFORE`
   * (not-found), and what restoring throws.
   */
  async amongBackups(context: StepContext): Promise<void> {
    let { backups } = this.facts
    for (;;) {
      const asking: { id?: string } = {}
      const isDirty = async (at: number) => {
        const backup = backups[at]
        if (!backup) throw new Error('a backup')
        asking.id = backup.id
        return (await this.#ofBackup(backup, context)).count > 0
      }
      try {
        const turn = await turnOf(backups.length, isDirty, this.facts.now.count > 0)
        this.#turned = this.#decided(turn, backups)
        return
      } catch (error) {
        const others = backups.filter(({ id }) => id !== asking.id)
        if (!isPassedOver(error) || others.length === 0) throw error
        context.warn(`${asking.id ?? ''} is passed over: ${error.message}`)
        backups = others
      }
    }
  }

  /** Goes through the oplog between the two, as far as slices have it. Throws what restoring throws. */
  async amongEntries(context: StepContext): Promise<void> {
    try {
      this.narrowed = await this.#narrow(context)
    } catch (error) {
      if (!isOutOfReach(error)) throw error
      this.narrowed = { found: 'states', missing: error.message }
    }
  }

  async #narrow(context: StepContext): Promise<Narrowed> {
    const { clean, dirty } = this.turned
    const { target } = this.facts.request
    const from = baseOf(clean, true)?.last.at
    if (!from)
      return { found: 'states', missing: `${clean.id} is no base that slices could continue` }
    if (!dirty && !target.pointInTime)
      return {
        found: 'states',
        missing: `no slices of the oplog are kept of "${target.name}" (pitr: {enabled: true})`,
      }
    const reached = dirty
      ? { to: baseOf(dirty, true)?.last.at }
      : await this.#reached(from, context)
    const { to, stopped } = reached
    if (!to)
      return { found: 'states', missing: stopped ?? 'no slices reach the state that is dirty' }
    this.#remember(clean, from)
    if (dirty) this.#remember(dirty, to)
    else if ((await this.states.atMoment(to, context)).count === 0)
      return {
        found: 'states',
        cleanAt: to,
        missing: `it was clean still after entry ${optimeText(to)}, the last one that slices hold: ${stopped ?? 'the same command once more reads what came since'}`,
      }
    return this.#between({ clean: from, dirty: to }, context)
  }

  /**
   * Narrows a span down: by the entries that wrote to what matches in its end, which are few; where none of them is the one, by all on
   * the collection, and then by any. Both ends of what is found were restored and asked.
   */
  async #between(whole: Span, context: StepContext): Promise<Narrowed> {
    let span = whole
    await this.states.prepare(whole, context)
    const { ids } = this.dirtyMatching
    for (const of of ['documents', 'collection', 'everything'] satisfies Suspects[]) {
      for (let isAll = false; !isAll;) {
        const suspects = await this.reader.suspects(span, of, ids, context.signal)
        isAll = suspects.isAll
        const positions = positionsIn(span, suspects.entries)
        const count = suspects.entries.length
        if (count > 0) context.detail(`${count.toString()} entries of the oplog are looked into`)
        span = await this.#turnIn(positions, span, context)
        if (isOneEntry(span)) return { found: 'operation', span, since: whole.clean }
      }
    }
    return { found: 'stretch', span, since: whole.clean }
  }

  async #turnIn(positions: readonly Optime[], span: Span, context: StepContext): Promise<Span> {
    const at = (index: number): Optime => positions[index] ?? span.dirty
    const isDirty = async (index: number) => {
      const { count } = await this.states.atMoment(at(index), context)
      context.detail(`after ${optimeText(at(index))}: ${count.toString()} match`)
      return count > 0
    }
    const dirty = await turningPoint(0, positions.length - 1, isDirty)
    return { clean: at(dirty - 1), dirty: at(dirty) }
  }

  #decided(turn: Awaited<ReturnType<typeof turnOf>>, backups: readonly Manifest[]): TurnedBetween {
    const { namespace } = this.facts.request
    const name = `${namespace.database}.${namespace.collection}`
    if (turn.kind === 'never') throw nothingMatches(name, backups)
    const [oldest] = backups
    if (turn.kind === 'always') {
      if (!oldest) throw new Error('the oldest backup')
      throw matchedBefore(name, oldest, this.#seen.get(oldest.id)?.count ?? 0)
    }
    const [clean, dirty] = [backups[turn.at - 1], backups[turn.at]]
    if (!clean) throw new Error('a clean backup')
    return { clean, ...(dirty ? { dirty } : {}) }
  }

  async #ofBackup(backup: Manifest, context: StepContext): Promise<SeenMatching> {
    const known = this.#seen.get(backup.id)
    if (known) return known
    const seen = mayHold(backup, this.facts.request.namespace)
      ? await this.states.ofBackup(backup.id, context)
      : { count: 0, ids: [], isThere: false }
    context.detail(`${backup.id}: ${seen.count.toString()} match`)
    this.#seen.set(backup.id, seen)
    return seen
  }

  #remember({ id }: Manifest, at: Optime): void {
    const seen = this.#seen.get(id)
    if (seen) this.states.remember(at, seen)
  }

  /** How far slices lead. That nothing more can be read of the server does not make less of what was found. */
  async #reached(from: Optime, context: StepContext): Promise<Reached> {
    try {
      return await this.#upToNow(from, context)
    } catch (error) {
      context.signal.throwIfAborted()
      if (!(error instanceof Failure)) throw error
      return { to: undefined, stopped: error.message }
    }
  }

  /**
   * Puts on the shelf what the oplog has up to now; where the slices end then that go on from a state. Throws what taking slices throws.
   */
  async #upToNow(from: Optime, { signal, warn, detail }: StepContext): Promise<Reached> {
    const { target, compression } = this.facts.request
    const command = 'dr bisect'
    const taking = () =>
      takeSlicesLocked({ target, compression, command }, this.world, { signal, warn })
    const taken = await underSliceLock(target.name, command, this.world, signal, taking)
    const stopped = whyStopped(taken)
    if (stopped !== undefined) warn(`the slices end before now: ${stopped}`)
    const { gap } = taken
    // What was begun behind a gap does not go on from a state before it.
    const isBehind = gap !== undefined && isAfter(gap.after.at, from)
    const tail = (await this.world.slices(target).state()).tail?.end.at
    const to = isBehind ? gap.after.at : tail
    if (to) detail(`slices reach entry ${optimeText(to)}`)
    return { to, ...(stopped === undefined ? {} : { stopped }) }
  }
}
