import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import type { StepContext } from '../plan.js'
import { withSession } from '../withSession.js'
import { comesUp } from './proveServer.js'

/** Milliseconds that the stack gets to initiate its set by itself, as many do in a health check. */
const usualHeadStart = 10_000
const betweenLooks = 500

/** A replica set of one member, and how long its server is waited for. Milliseconds. */
export interface Initiating {
  readonly target: Target
  /** Name of the set that the server is started for. */
  readonly name: string
  /** Host name and port of the member; as the server calls itself where it is left out. */
  readonly member?: string
  /** What the stack gets, from the first answer on. */
  readonly headStart?: number
  /** How long the server may take to answer. */
  readonly patience: number
  /** How long it may refuse the sign-in: the first user of an empty data folder is made after it answers. */
  readonly refusals?: number
  /** Its container is being made anew meanwhile: one that is not there is waited for like one that does not answer. */
  readonly isBeingMade?: boolean
  /** Called before each look; throws where there is nothing to wait for any more. */
  readonly look?: () => Promise<void>
}

/**
 * Initiates the replica set of a server that began anew, with that one member, where nobody else does so. A server that is still
 * coming up, before or after it was asked to, is waited for; a standalone is left alone. Throws what connecting throws when the time
 * is up, what `look` throws, and the signal's reason.
 */
export async function initiated(
  initiating: Initiating,
  world: Pick<World, 'mongo' | 'clock'>,
  context: Pick<StepContext, 'signal' | 'detail'>,
): Promise<void> {
  const { signal } = context
  const { target, patience, look, isBeingMade = false } = initiating
  const { headStart = usualHeadStart, refusals = headStart } = initiating
  const { clock } = world
  const began = clock.elapsed()
  let answersSince: number | undefined
  for (;;) {
    signal.throwIfAborted()
    await look?.()
    try {
      if (await isInSet(target, world, signal)) return
      answersSince ??= clock.elapsed()
      if (clock.elapsed() - answersSince >= headStart) {
        await initiate(initiating, world, context)
        return
      }
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof Failure)) throw error
      const notThere = isBeingMade && error.code === 'CONTAINER_NOT_FOUND'
      if (error.kind !== 'environment' && !notThere) throw error
      const limit = notThere || comesUp.has(error.code) ? patience : refusals
      if (clock.elapsed() - began >= limit) throw error
    }
    await clock.sleep(betweenLooks, signal)
  }
}

async function initiate(
  { target, name, member }: Initiating,
  world: Pick<World, 'mongo'>,
  { signal, detail }: Pick<StepContext, 'signal' | 'detail'>,
): Promise<void> {
  const done = await withSession(target, world, signal, (session) => session.initiate(name, member))
  if (done)
    detail(
      `${target.name}: the replica set ${name} was initiated${member === undefined ? '' : `, with ${member}`}, since nobody else did`,
    )
}

/** Whether there is nothing to initiate: it is in a set, or takes writes without one. */
function isInSet(
  target: Target,
  world: Pick<World, 'mongo'>,
  signal: AbortSignal,
): Promise<boolean> {
  return withSession(target, world, signal, async (session) => {
    const { replicaSet, primary } = await session.server()
    return replicaSet !== undefined || primary
  })
}
