import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { Held } from '../../ports/locks.js'
import type { World } from '../../ports/world.js'
import type { Compression } from '../backup/storeStream.js'
import { takeSliceLock } from '../oplog/sliceLock.js'
import { takeSlicesLocked } from '../oplog/takeSlices.js'
import type { Step, StepContext } from '../plan.js'

/** Keeps the slicer of a target away while its server is being changed: what it read then would be half a history. */
export class OplogHold {
  #held: Held | undefined

  constructor(
    private readonly target: Target,
    private readonly world: World,
  ) {}

  /** Waits for a slice under way. Throws `TARGET_LOCKED` (locked) where it takes too long, and the signal's reason. */
  async take({ signal, detail }: Pick<StepContext, 'signal' | 'detail'>): Promise<void> {
    this.#held = await takeSliceLock(this.target.name, 'restore', this.world, signal, () => {
      detail('a slice is being read: waiting for it')
    })
  }

  /**
   * Reads what the oplog has of the newest moments, as long as they are there: they stay reachable. What is to be restored is
   * on the shelf already, so that a failure is told and nothing more.
   */
  async lastSlice(compression: Compression, context: StepContext): Promise<void> {
    const { target, world } = this
    const { signal, warn, detail } = context
    try {
      const request = { target, compression, command: 'restore' }
      const { slices, gap } = await takeSlicesLocked(request, world, { signal, warn })
      const entries = slices.reduce((sum, { count }) => sum + count, 0)
      detail(`${entries.toString()} entries of the oplog`)
      if (gap)
        warn(
          `the server's history is not the one of the slices (${gap.reason}): its newest moments are in the safety backup alone`,
        )
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof Failure)) throw error
      warn(`the newest moments could not be read, and will not be reachable: ${error.message}`)
    }
  }

  /**
   * Ends the timeline, for good: what comes now is the restore's. Where its papers cannot be read no slicer goes on with it
   * either: that is told, and keeps nobody from coming back.
   */
  async endTimeline({ warn }: Pick<StepContext, 'warn'>): Promise<void> {
    const slices = this.world.slices(this.target)
    const state = await slices.state().catch((error: unknown) => {
      if (!(error instanceof Failure) || error.code !== 'SLICES_UNREADABLE') throw error
      warn(error.message)
      return undefined
    })
    const { tail, ended = true } = state ?? {}
    if (!tail || ended) return
    const at = this.world.clock.now().toISOString()
    const { timeline, end: after } = tail
    const { name } = this.target
    await slices.mark({ version: 1, target: name, timeline, after, reason: 'restored', at })
  }

  /** Does nothing where it is not held. */
  async release(): Promise<void> {
    const held = this.#held
    this.#held = undefined
    await held?.release()
  }
}

/** The slicer waits; what it has not read yet of the newest moments is read now. */
export function holdSteps(
  hold: OplogHold,
  { pointInTime }: Pick<Target, 'pointInTime'>,
  compression: Compression,
): readonly Step[] {
  const wait: Step = {
    title: 'Keep the slicer away',
    effect: 'reads',
    run: (context) => hold.take(context),
    undo: () => hold.release(),
  }
  const last: Step = {
    title: 'Read a last slice of what is there now',
    effect: 'reads',
    run: (context) => hold.lastSlice(compression, context),
  }
  return pointInTime ? [wait, last] : [wait]
}
