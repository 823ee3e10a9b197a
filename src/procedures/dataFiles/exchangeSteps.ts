import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import type { Step, StepContext } from '../plan.js'
import { startedOnDamaged, untilPrimary } from './backUp.js'
import type { RestoreScene } from './scene.js'

/** What the exchange of data files needs to know. */
export interface Exchange {
  readonly target: Target
  readonly scene: RestoreScene
  readonly folder: string
  /** Which files are to be in place afterwards. */
  readonly inPlace: 'restored' | 'before'
  /** The files that come in place are known to be damaged: it is no failure where the server does not come up on them. */
  readonly damaged?: boolean
  /** Looks at the server once it takes writes; throws where it is not what it should be. */
  check(session: MongoSession, context: StepContext): Promise<void>
}

/** Seconds that the database was down, once it is back. */
export class Downtime {
  #from: number | undefined
  seconds = 0

  begin(now: number): void {
    this.#from ??= now
  }

  end(now: number): void {
    this.seconds = Math.round(now - (this.#from ?? now)) / 1000
  }
}

/**
 * Stops the database, exchanges its files by renaming, starts it and waits until it takes writes, looks at it. Each is taken
 * back by its opposite, so that a failure anywhere ends with the files that were in place before.
 */
export function exchangeSteps(
  exchange: Exchange,
  downtime: Downtime,
  world: World,
): readonly Step[] {
  const { target, scene, folder, inPlace } = exchange
  const { container, place } = scene
  const { power, dataVolumes, clock } = world
  const back = inPlace === 'restored' ? 'before' : 'restored'
  const ran = container.state === 'running' || container.state === 'restarting'
  return [
    {
      title: `Stop ${container.name}`,
      effect: 'changes',
      run({ signal }) {
        downtime.begin(clock.elapsed())
        return power.stop(container.id, signal)
      },
      async undo(context) {
        if (!ran) return
        await power.start(container.id, context.signal)
        const session = await untilPrimary(target, world, context.signal)
        await session.close()
      },
    },
    {
      title:
        inPlace === 'restored'
          ? 'Put the restored files in place, and those before aside'
          : 'Put the files before in place again',
      effect: 'destroys',
      run: ({ signal }) => dataVolumes.exchange(place, folder, inPlace, signal),
      undo: ({ signal }) => dataVolumes.exchange(place, folder, back, signal),
    },
    {
      title: `Start ${container.name}, wait until it takes writes, and look at it`,
      effect: 'changes',
      async run(context) {
        if (exchange.damaged === true) {
          await startedOnDamaged(target, container.id, world, context)
          return
        }
        await power.start(container.id, context.signal)
        const session = await untilPrimary(target, world, context.signal)
        try {
          downtime.end(clock.elapsed())
          context.detail(`it was down for ${downtime.seconds.toString()} s`)
          await exchange.check(session, context)
        } finally {
          await session.close()
        }
      },
      undo: ({ signal }) => power.stop(container.id, signal),
    },
  ]
}
