import { Failure } from '../../domain/failure.js'
import type { Acceptable } from '../../domain/retention/guard.js'
import type { RetentionPolicy } from '../../domain/retention/policy.js'
import type { Verdict } from '../../domain/retention/verdict.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import { sweptText } from '../backup/sweptText.js'
import type { Plan, Procedure, Step } from '../plan.js'
import { examineShelf, type ExaminedShelf, type RetentionSettings } from './examineShelf.js'
import { refuseAlarms } from './refuse.js'

/** What applying the retention needs to know. */
export interface PruneRequest {
  readonly target: Target
  readonly retention: RetentionSettings & { readonly policy: RetentionPolicy }
  /** Alarms that the operator has looked at. */
  readonly accept: readonly Acceptable[]
  /** Deletes everything in the trash, what was only just moved there as well. */
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
  /** Takes the moving back, as long as the trash holds them. */
  readonly receipt: string | null
}

/**
 * Moves to the trash what the retention does not keep, and deletes from the trash what has been there for its time, unless
 * the shelf has no good one of its kind any more: then the trash may hold the last one. Throws
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
    const run = new PruneRun(request, examined, world)
    await run.lookIntoTrash()
    return run.plan()
  },
}

/** One run: what was planned, and what its steps really did. */
class PruneRun {
  #removed: readonly string[] = []
  #erased: readonly string[] = []
  /** To be deleted, as it was planned. */
  #inTrash: readonly string[] = []
  /** The same, as it was found under the lock. */
  #erasing: readonly string[] = []

  constructor(
    private readonly request: PruneRequest,
    private readonly planned: ExaminedShelf,
    private readonly world: World,
  ) {}

  async lookIntoTrash(): Promise<void> {
    const all = await this.#shelf().trash()
    this.#inTrash = (this.request.emptyTrash ? all : this.planned.expired).map(({ id }) => id)
  }

  plan(): Plan<PruneResult> {
    const { target, command } = this.request
    const { verdicts, going, entries } = this.planned
    const erasing = this.#inTrash.length > 0 || (this.request.emptyTrash && going.length > 0)
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
        ...this.planned.held.map(
          ({ id }) => ['Stays in the trash', `${id}: no good one is on the shelf`] as const,
        ),
      ],
      loses: erasing
        ? [
            `for good: ${[...this.#inTrash, ...(this.request.emptyTrash ? going : [])].join(', ')}`,
            ...(this.planned.held.length > 0 && this.request.emptyTrash
              ? ['the shelf has no good one of that kind: they may be the last']
              : []),
          ]
        : [],
      steps: [
        ...(going.length > 0 || erasing ? [this.#lookAgain()] : []),
        ...(going.length > 0 ? [this.#move()] : []),
        ...(erasing ? [this.#erase(going.length > 0)] : []),
      ],
      receipt: () => ({ shelf: { removed: this.#removed, returned: [] } }),
      result: (receipt) => ({
        target: target.name,
        verdicts,
        removed: this.#removed,
        erased: this.#erased,
        receipt:
          this.#removed.length > 0 && !this.request.emptyTrash ? (receipt?.id ?? null) : null,
      }),
    }
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
        const surprise = now.going.filter((id) => !this.planned.going.includes(id))
        if (surprise.length > 0)
          throw new Failure(
            'refused',
            'PLAN_STALE',
            `things changed after the plan was made: ${surprise.join(', ')} would go as well; nothing was removed`,
            [`ops backup prune --target ${target.name} --dry-run`],
          )
        this.#removed = now.going
        // What was put into the trash since the plan was shown is nobody's to delete, nor what may be the last by now.
        const expired = new Set(now.expired.map(({ id }) => id))
        this.#erasing = this.request.emptyTrash
          ? [...this.#inTrash, ...now.going]
          : this.#inTrash.filter((id) => expired.has(id))
      },
    }
  }

  #move(): Step {
    const count = this.planned.going.length
    return {
      title: `Move ${count.toString()} ${count === 1 ? 'backup' : 'backups'} to the trash`,
      effect: 'changes',
      run: async ({ detail, signal }) => {
        signal.throwIfAborted()
        const { command } = this.request
        if (this.#removed.length > 0)
          await this.#shelf().remove(this.#removed.toReversed(), {
            at: this.world.clock.now(),
            command,
          })
        detail(this.#removed.join(', '))
      },
      undo: async () => {
        await this.#shelf().bringBack(this.#removed)
      },
    }
  }

  #erase(afterwards: boolean): Step {
    return {
      title: 'Delete from the trash what has been there for its time',
      effect: 'destroys',
      afterwards,
      run: async ({ detail }) => {
        const all = (await this.#shelf().trash()).map(({ id }) => id)
        this.#erased = this.#erasing.filter((id) => all.includes(id))
        await this.#shelf().erase(this.#erased)
        detail(this.#erased.join(', '))
      },
    }
  }

  #shelf() {
    return this.world.shelf(this.request.target)
  }
}
