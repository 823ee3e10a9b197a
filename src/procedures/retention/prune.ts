import { Failure } from '../../domain/failure.js'
import type { KeptWritesManifest } from '../../domain/keptWrites.js'
import type { SliceManifest } from '../../domain/oplog/slice.js'
import { acceptedOf, type Acceptable, type AcceptedAlarm } from '../../domain/retention/alarm.js'
import type { RetentionPolicy } from '../../domain/retention/policy.js'
import type { Verdict } from '../../domain/retention/verdict.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { sweptText } from '../backup/sweptText.js'
import type { Plan, Procedure, Step } from '../plan.js'
import { examineShelf, type ExaminedShelf, type RetentionSettings } from './examineShelf.js'
import { keptWritesOver } from './keptWritesOver.js'
import { moveSlicesOf, returnSlices, slicesErasable, slicesGoing } from './pruneSlices.js'
import { refuseAlarms, refuseSurprises } from './refuse.js'

/** What applying the retention needs to know. */
export interface PruneRequest {
  readonly target: Target
  readonly retention: RetentionSettings & { readonly policy: RetentionPolicy }
  /** Alarms that the operator has looked at. */
  readonly accept: readonly Acceptable[]
  /** Deletes what is in the trash when the run is planned, and what it moves there itself. */
  readonly emptyTrash: boolean
  /** `backup` where it follows a backup. */
  readonly command: 'backup prune' | 'backup'
}

/** What `ops backup prune` answers for a target. */
export interface PruneResult {
  readonly target: string
  /** Every backup with what became of it and why, newest first. */
  readonly verdicts: readonly Verdict[]
  /** Ids that were moved to the trash. */
  readonly removed: readonly string[]
  /** Ids that were deleted from the trash. */
  readonly erased: readonly string[]
  /** Slices of the oplog that went to the trash with them (or would), and those deleted from it. */
  readonly slices: { readonly removed: number; readonly bytes: number; readonly erased: number }
  /** Ids that stay in the trash although their time is over: nothing good of their kind is on the shelf. */
  readonly heldBack: readonly string[]
  /** Takes the moving back, as long as the trash holds them. */
  readonly receipt: string | null
}

/**
 * Moves to the trash what the retention does not keep, and deletes from the trash what has been there for its time, as long as
 * the shelf holds a good backup of that content. Throws
 * `PRUNE_CLOCK_JUMPED`, `PRUNE_TOO_MANY`, `PRUNE_SHRUNK` (refused) where something looks wrong and nobody accepted it, and
 * under the lock `PLAN_STALE` (refused) where more would go than was planned.
 */
export const prune: Procedure<PruneRequest, PruneResult, World> = {
  id: 'prune',
  summary: 'move to the trash what the retention does not keep',

  async plan(request, world) {
    const { target, retention } = request
    const examined = await examineShelf(target, retention, world)
    refuseAlarms(examined.alarms, request)
    const unfinished = await world.shelf(target).unfinished()
    const slices = {
      going: await slicesGoing(target, retention, examined.going, world),
      // What is held back may be brought back, and then its slices are what leads on from it.
      erasable: examined.keepsAny
        ? []
        : await slicesErasable(target, retention, request.emptyTrash, world),
    }
    const kept = await keptWritesOver(target, retention, world)
    return new PruneRun(request, examined, { ...slices, kept }, unfinished, world).plan()
  },
}

/** One run: what was planned, and what its steps really did. */
class PruneRun {
  #removed: readonly string[] = []
  #erased: readonly string[] = []
  #accepted: readonly AcceptedAlarm[] = []
  #slices: readonly string[] = []
  #slicesErased = 0

  constructor(
    private readonly request: PruneRequest,
    private readonly planned: ExaminedShelf,
    private readonly slices: {
      readonly going: readonly SliceManifest[]
      readonly erasable: readonly string[]
      /** Writes that restores discarded, and whose time is over. */
      readonly kept: readonly KeptWritesManifest[]
    },
    private readonly unfinished: readonly string[],
    private readonly world: World,
  ) {}

  plan(): Plan<PruneResult> {
    const { target, command } = this.request
    const { verdicts, going, entries } = this.planned
    const inTrash = this.#fromTrash()
    const { emptyTrash } = this.request
    const erasing =
      inTrash.length > 0 ||
      this.slices.kept.length > 0 ||
      (emptyTrash && (going.length > 0 || this.slices.erasable.length > 0))
    const lost = this.slices.erasable.length + (emptyTrash ? this.slices.going.length : 0)
    const slicesLost = lost > 0 ? [`${lost.toString()} slices of the oplog`] : []
    const keptLost = this.slices.kept.map(({ id }) => `the writes ${id}, which a restore discarded`)
    const gone = new Set(going)
    const bytes = entries
      .filter(({ manifest }) => gone.has(manifest.id))
      .reduce((sum, { manifest }) => sum + manifest.bytes, 0)
    return {
      command,
      target: target.name,
      title: `prune the backups of ${target.name}`,
      facts: [
        [
          'Keeps',
          `${(verdicts.length - going.length).toString()} of ${verdicts.length.toString()}`,
        ],
        ['Removes', `${going.length.toString()} (${bytes.toString()} bytes)`],
        ...going.map((id) => ['', id] as const),
        ...this.#sliceFacts(),
        ...this.unfinished.map((id) => ['Ends', `what was begun with ${id} and cut off`] as const),
        ...this.planned.heldBack.map(
          ({ id }) => ['Stays in the trash', `${id}: no good one is on the shelf`] as const,
        ),
      ],
      loses: erasing
        ? [
            `for good: ${[...inTrash, ...(emptyTrash ? going : []), ...slicesLost, ...keptLost].join(', ')}`,
          ]
        : [],
      steps: [
        ...(going.length > 0 || erasing || this.unfinished.length > 0 ? [this.#lookAgain()] : []),
        ...(going.length > 0 ? [this.#move()] : []),
        ...(erasing ? [this.#erase(going.length > 0)] : []),
      ],
      receipt: () => ({
        shelf: {
          removed: this.#removed,
          returned: [],
          erased: this.#erased,
          accepted: this.#accepted,
          ...(this.#slices.length > 0 ? { slices: this.#slices } : {}),
        },
      }),
      result: (receipt) => ({
        target: target.name,
        verdicts,
        removed: this.#removed,
        erased: this.#erased,
        slices: {
          removed: this.#slices.length,
          bytes: bytesOf(this.slices.going.filter(({ id }) => this.#slices.includes(id))),
          erased: this.#slicesErased,
        },
        heldBack: this.planned.heldBack.map(({ id }) => id),
        receipt:
          this.#removed.length > 0 && !this.request.emptyTrash ? (receipt?.id ?? null) : null,
      }),
    }
  }

  #sliceFacts(): readonly (readonly [string, string])[] {
    const { going } = this.slices
    if (going.length === 0) return []
    const says = `${going.length.toString()} of the oplog (${bytesOf(going).toString()} bytes), which nothing that stays needs`
    return [['Slices', says]]
  }

  /** What would be deleted of what is in the trash already. */
  #fromTrash(): readonly string[] {
    const { erasable, expired } = this.planned
    return (this.request.emptyTrash ? erasable : expired).map(({ id }) => id)
  }

  /** Under the lock: what a killed run left is finished, and nothing goes that was not in the plan. */
  #lookAgain(): Step {
    const { target, retention } = this.request
    return {
      title: 'Look again: does everything else stay?',
      effect: 'reads',
      run: async ({ warn }) => {
        for (const leftover of await this.#shelf().sweep()) warn(sweptText(leftover))
        const now = await examineShelf(target, retention, this.world)
        refuseAlarms(now.alarms, this.request)
        refuseSurprises(now.going, this.planned.going, target)
        this.#removed = now.going
        this.#accepted = now.alarms.map(acceptedOf)
      },
    }
  }

  #move(): Step {
    const count = this.planned.going.length
    return {
      title: `Move ${count.toString()} ${count === 1 ? 'backup' : 'backups'} to the trash`,
      effect: 'changes',
      run: async ({ detail, signal, warn }) => {
        signal.throwIfAborted()
        const { command } = this.request
        if (this.#removed.length > 0)
          await this.#shelf().remove(this.#removed.toReversed(), {
            at: this.world.clock.now(),
            command,
          })
        detail(this.#removed.join(', '))
        const { target, retention } = this.request
        const planned = new Set(this.slices.going.map(({ id }) => id))
        const moving = { removed: this.#removed, planned, command }
        try {
          this.#slices = await moveSlicesOf(target, retention, moving, this.world, signal)
        } catch (error) {
          if (!(error instanceof Failure) || error.kind !== 'locked') throw error
          warn(`the slices of the oplog stay until the next prune: ${error.message}`)
        }
      },
      undo: async ({ signal }) => {
        await this.#shelf().bringBack(this.#removed)
        // Moving may have ended in the middle: all that was to go comes back, as far as it went.
        const slices = this.slices.going.map(({ id }) => id)
        await returnSlices(this.request.target, slices, this.world, signal)
      },
    }
  }

  #erase(afterwards: boolean): Step {
    const { target, retention } = this.request
    return {
      title: 'Delete from the trash what has been there for its time',
      effect: 'destroys',
      afterwards,
      run: async ({ detail }) => {
        // What is deleted for good is looked at once more: the shelf may have lost its last good backup since.
        const { erasable, keepsAny } = await examineShelf(target, retention, this.world)
        const named = new Set([
          ...this.#fromTrash(),
          ...(this.request.emptyTrash ? this.#removed : []),
        ])
        this.#erased = erasable.map(({ id }) => id).filter((id) => named.has(id))
        await this.#shelf().erase(this.#erased)
        const { emptyTrash } = this.request
        const over = emptyTrash ? [...this.slices.erasable, ...this.#slices] : this.slices.erasable
        const slices = keepsAny ? [] : over
        if (slices.length > 0) await this.world.slices(target).erase(slices)
        this.#slicesErased = slices.length
        const due = new Set(
          (await keptWritesOver(target, retention, this.world)).map(({ id }) => id),
        )
        for (const kept of this.slices.kept)
          if (due.has(kept.id)) await this.world.keptWrites(target).erase(kept)
        detail(this.#erased.join(', '))
      },
    }
  }

  #shelf() {
    return this.world.shelf(this.request.target)
  }
}

function bytesOf(slices: readonly SliceManifest[]): number {
  return slices.reduce((sum, { bytes }) => sum + bytes, 0)
}
