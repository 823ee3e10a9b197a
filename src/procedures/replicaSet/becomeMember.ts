import { setName } from '../../domain/replicaSet/memberFile.js'
import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { World } from '../../ports/world.js'
import type { StepContext } from '../plan.js'
import { optionOf } from '../dataFiles/place.js'
import { initiated } from '../dr/initiated.js'
import { proveServer } from '../dr/proveServer.js'
import { withSession } from '../withSession.js'
import { containerOf, type MemberScene } from './scene.js'
import { serving } from './serving.js'

/** Milliseconds that a majority gets to confirm the last write. */
const confirmPatience = 30_000

/**
 * Makes the container anew as a member, and meanwhile initiates the set: a health check may ask for a primary. What was done already is
 * left alone. Throws what compose and `initiated` throw, and `NOT_A_MEMBER` (failed).
 */
export async function becomeMember(
  target: Target,
  { member, service, with: stack }: MemberScene,
  timeoutSeconds: number,
  world: World,
  context: StepContext,
): Promise<void> {
  const asked = { target, name: setName, member, headStart: 0, patience: timeoutSeconds * 1000 }
  const now = await containerOf(target, world)
  if (now && optionOf(now.command, 'replSet') !== undefined) {
    // It was made, and nobody may have started it.
    await world.power.start(now.id, context.signal)
    await initiated(asked, world, context)
    return requireMember(target, world, context.signal)
  }
  if (now) await world.power.stop(now.id, context.signal)
  const gaveUp = new AbortController()
  const signal = AbortSignal.any([context.signal, gaveUp.signal])
  const making = world.compose
    .make(stack, service, { timeoutSeconds, anew: true }, context.detail, signal)
    .catch((error: unknown) => {
      gaveUp.abort(error)
      throw error
    })
  const initiating = initiated({ ...asked, isBeingMade: true }, world, {
    ...context,
    signal,
  }).catch((error: unknown) => {
    gaveUp.abort(error)
    throw error
  })
  const [first, second] = await Promise.allSettled([making, initiating])
  if (first.status === 'rejected') throw first.reason
  if (second.status === 'rejected') throw second.reason
  await requireMember(target, world, context.signal)
}

/** One that takes writes without a set has nothing to initiate, and is no member for that. */
async function requireMember(target: Target, world: World, signal: AbortSignal): Promise<void> {
  if ((await serving(target, world, signal))?.replicaSet !== undefined) return
  throw new Failure(
    'failed',
    'NOT_A_MEMBER',
    `the server of "${target.name}" came up, and is no member of ${setName}`,
    ['ops stack logs', 'mongosh --eval "rs.status()"'],
  )
}

/**
 * Makes the container anew as it was before, and waits until its server takes writes. Throws what compose and `proveServer` throw,
 * `WRITE_NOT_CONFIRMED` (timed-out) with the member as it was, and `STILL_A_MEMBER` (failed).
 */
export async function becomeStandalone(
  target: Target,
  { without, service }: Pick<MemberScene, 'without' | 'service'>,
  timeoutSeconds: number,
  world: World,
  context: StepContext,
): Promise<void> {
  const now = await containerOf(target, world)
  if (!now || optionOf(now.command, 'replSet') !== undefined) {
    if (now) {
      await confirmWrites(target, world, context.signal)
      // Killed, it would come up as it was at its last checkpoint: a standalone does not look into the oplog.
      await world.power.stop(now.id, context.signal)
    }
    const options = { timeoutSeconds, anew: true }
    await world.compose.make(without, service, options, context.detail, context.signal)
  } else await world.power.start(now.id, context.signal)
  const alone = { ...target, databases: [] }
  await proveServer({ target: alone, timeoutSeconds, wasWell: false }, world, context)
  const { replicaSet } = await withSession(target, world, context.signal, (session) =>
    session.server(),
  )
  if (replicaSet !== undefined) throw stillMember(target, service, replicaSet)
}

/**
 * A checkpoint that the server ends with reaches to what a majority has: two notes, so that it reaches over every write before them. A
 * member that serves nobody has no write that matters.
 */
async function confirmWrites(target: Target, world: World, signal: AbortSignal): Promise<void> {
  const facts = await serving(target, world, signal)
  if (facts?.replicaSet === undefined || !facts.primary) return
  for (const text of ['the last of this set', 'the very last'])
    await withSession(target, world, signal, (session) =>
      session.writeNote(`ops: ${text}`, confirmPatience),
    )
}

function stillMember({ name }: Target, service: string, replicaSet: string): Failure {
  return new Failure(
    'failed',
    'STILL_A_MEMBER',
    `the server of "${name}" was made anew, and is of the replica set ${replicaSet} still: something besides the file of ops makes it so`,
    [`docker compose config ${service}   (what starts it)`, 'ops stack logs'],
  )
}
