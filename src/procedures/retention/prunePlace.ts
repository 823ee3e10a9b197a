import {
  acceptedOf,
  type Acceptable,
  type AcceptedAlarm,
  type Alarm,
} from '../../domain/retention/alarm.js'
import type { Verdict } from '../../domain/retention/verdict.js'
import type { SliceManifest } from '../../domain/oplog/slice.js'
import { Failure } from '../../domain/failure.js'
import type { World } from '../../ports/world.js'
import { sweptText } from '../backup/sweptText.js'
import type { Plan, Procedure, Step, StepContext } from '../plan.js'
import { examinePlace, type ExaminedPlace, type PlaceRequest } from './examinePlace.js'
import { slicesGoingAt } from './placeSlices.js'
import { noteRemoved } from './noteRemoved.js'
import { refuseAlarms, refuseSurprises } from './refuse.js'

/** What applying the retention to a place needs to know. */
export interface PrunePlaceRequest extends PlaceRequest {
  /** Alarms that the operator has looked at. */
  readonly accept: readonly Acceptable[]
  /** `backup` where it follows a backup. */
  readonly command: 'backup prune' | 'backup'
}

/** What became of the copies of a target at a place. */
export interface PlacePruned {
  readonly place: string
  /** Every copy with what became of it and why, newest first. */
  readonly verdicts: readonly Verdict[]
  /** Ids of the copies that were removed, for good. */
  readonly removed: readonly string[]
  /** Copies that were to go, and that the place does not let go. */
  readonly refused: readonly { readonly id: string; readonly because: string }[]
  /** Slices that went along, for good, and bytes of their files. */
  readonly slices: { readonly removed: number; readonly bytes: number }
  /** Ids of which an earlier run, cut off, had removed a part: the rest is gone now. */
  readonly swept: readonly string[]
  /** What would have to be accepted; empty after a run. */
  readonly alarms: readonly Alarm[]
  /** Why it was not all done; null where it was. */
  readonly failure: {
    readonly kind: Failure['kind']
    readonly code: string
    readonly message: string
    readonly next: readonly string[]
  } | null
}

/**
 * Removes from a place, for good, what its retention does not keep. What the place refuses to let go (a lock on objects, a
 * key that may not remove anything) is told and left. Throws what the place throws, `PRUNE_CLOCK_JUMPED`, `PRUNE_TOO_MANY`,
 * `PRUNE_SHRUNK` (refused), and under the lock `PLAN_STALE` (refused) where more would go than was planned.
 */
export const prunePlace: Procedure<PrunePlaceRequest, PlacePruned, World> = {
  id: 'prune place',
  summary: 'remove from a place what its retention does not keep',

  async plan(request, world) {
    const examined = await examinePlace(request, world)
    refuseAlarms(examined.alarms, request)
    const slices = await slicesGoingAt(request, examined.entries, examined.going, world)
    return new PlaceRun(request, examined, slices, world).plan()
  },
}

/** One run: what was planned, and what its steps really did. */
class PlaceRun {
  #going: readonly string[] = []
  #slices = 0
  #sliceBytes = 0
  #swept: readonly string[] = []
  #accepted: readonly AcceptedAlarm[] = []
  readonly #removed: string[] = []
  readonly #refused: { readonly id: string; readonly because: string }[] = []

  constructor(
    private readonly request: PrunePlaceRequest,
    private readonly planned: ExaminedPlace,
    private readonly plannedSlices: readonly SliceManifest[],
    private readonly world: World,
  ) {}

  plan(): Plan<PlacePruned> {
    const { target, place, command } = this.request
    const { verdicts, going, unfinished } = this.planned
    const work = going.length > 0 || unfinished.length > 0
    return {
      command,
      target: target.name,
      title: `prune the copies of ${target.name} in ${place.name}`,
      facts: [
        ['Place', `${place.name} (${place.where})`],
        [
          'Keeps',
          `${(verdicts.length - going.length).toString()} of ${verdicts.length.toString()}`,
        ],
        ...going.map((id, index) => [index === 0 ? 'Removes' : '', id] as const),
        ...(this.plannedSlices.length > 0
          ? [['', `${this.plannedSlices.length.toString()} slices of the oplog`] as const]
          : []),
      ],
      loses: going.length > 0 ? [`for good: a place has no trash`] : [],
      holds: 'lock and receipt',
      steps: work
        ? [
            this.#lookAgain(),
            ...(going.length > 0 ? [this.#remove(going.length)] : []),
            ...(this.plannedSlices.length > 0 ? [this.#removeSlices()] : []),
          ]
        : [],
      receipt: () => ({
        copies: { place: place.name, removed: this.#removed, accepted: this.#accepted },
      }),
      result: () => ({
        place: place.name,
        verdicts,
        removed: this.#removed,
        refused: this.#refused,
        slices: { removed: this.#slices, bytes: this.#sliceBytes },
        swept: this.#swept,
        alarms: [],
        failure: null,
      }),
    }
  }

  /** What was swept, in words; a shelf that cannot be used holds up no place. */
  async #sweptShelf(): Promise<readonly string[]> {
    try {
      return (await this.world.shelf(this.request.target).sweep()).map(sweptText)
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'environment') throw error
      return [`the shelf was not swept: ${error.message}`]
    }
  }

  /** Under the lock: what a killed run left is finished, and nothing goes that was not in the plan. */
  #lookAgain(): Step {
    const { target, place } = this.request
    return {
      title: `Look again at ${place.name}: does everything else stay?`,
      effect: 'reads',
      run: async ({ signal, detail, warn }) => {
        // A note on the shelf may have been cut off as well. After a disaster there may be no shelf yet.
        for (const said of await this.#sweptShelf()) warn(said)
        this.#swept = await place.sweep(target.name, signal)
        for (const id of this.#swept)
          detail(`${id}: the rest of a removal that was cut off is gone`)
        const now = await examinePlace({ ...this.request, signal }, this.world)
        refuseAlarms(now.alarms, this.request)
        refuseSurprises(now.going, this.planned.going, target, place.name)
        this.#going = now.going.toReversed()
        this.#accepted = now.alarms.map(acceptedOf)
      },
    }
  }

  /** The oldest first. Each is written down on the shelf before it goes, so that no manifest claims a copy that is gone. */
  #remove(count: number): Step {
    const { place } = this.request
    return {
      title: `Remove ${count.toString()} ${count === 1 ? 'copy' : 'copies'} from ${place.name}`,
      effect: 'destroys',
      run: async (context) => {
        for (const id of this.#going) {
          context.signal.throwIfAborted()
          if (!(await this.#removeOne(id, context))) return
        }
      },
    }
  }

  /** Of what was planned, what still has no base there once the copies are gone, the oldest first. */
  #removeSlices(): Step {
    const { target, place } = this.request
    return {
      title: `Remove slices that no copy in ${place.name} leads to any more`,
      effect: 'destroys',
      run: async ({ signal, detail, warn }) => {
        const { entries } = await place.list(target.name, signal)
        const request = { ...this.request, signal }
        const now = await slicesGoingAt(request, entries, this.#removed, this.world)
        const planned = new Set(this.plannedSlices.map(({ id }) => id))
        for (const slice of now.filter(({ id }) => planned.has(id))) {
          signal.throwIfAborted()
          try {
            await place.removeSlice(slice, signal)
          } catch (error) {
            if (!(error instanceof Failure) || !refusals.includes(error.code)) throw error
            warn(`slices stay in ${place.name}: ${error.message}`)
            break
          }
          this.#slices += 1
          this.#sliceBytes += slice.bytes
        }
        detail(`${this.#slices.toString()} slices removed from ${place.name}`)
      },
    }
  }

  /** Whether it makes sense to go on with the others. */
  async #removeOne(id: string, { signal, detail, warn }: StepContext): Promise<boolean> {
    const { target, place } = this.request
    const manifest = this.planned.entries.find((entry) => entry.manifest.id === id)?.manifest
    if (!manifest) return true
    const takeBack = await noteRemoved(target, id, place, this.world)
    try {
      await place.remove(manifest, signal)
    } catch (error) {
      if (!(error instanceof Failure) || !refusals.includes(error.code)) throw error
      this.#refused.push({ id, because: error.message })
      if (error.code === 'COPY_LOCKED') {
        await takeBack()
        detail(`${id} stays: ${error.message}`)
        return true
      }
      // A key may be allowed to remove one thing and not the other.
      const { entries } = await place.list(target.name, signal)
      if (entries.some((entry) => entry.manifest.id === id)) await takeBack()
      warn(
        `nothing can be removed from ${place.name}: ${error.message}; prune: false in ops.yaml says that this is meant`,
      )
      return false
    }
    this.#removed.push(id)
    detail(`${id} removed from ${place.name}`)
    return true
  }
}

/** What a place says where it keeps a copy on purpose. */
const refusals: readonly string[] = ['COPY_LOCKED', 'COPY_DENIED']
