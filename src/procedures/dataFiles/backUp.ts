import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import type { StepContext } from '../plan.js'

/** Milliseconds that a server may take to recover its files and become primary, and between two looks. */
const patience = 180_000
const pause = 300

/** So many looks in a row at a container that does not run mean that it will not. */
const hopeless = 10

/**
 * Waits until the server takes writes again, and gives a session. Throws `SERVER_NOT_BACK` (failed) with the last reason, and
 * the signal's reason. It gets so many milliseconds.
 */
export async function untilPrimary(
  target: Target,
  world: Pick<World, 'clock' | 'containers' | 'mongo'>,
  signal: AbortSignal,
  milliseconds = patience,
): Promise<MongoSession> {
  const deadline = world.clock.elapsed() + milliseconds
  let why = 'it did not answer'
  for (let down = 0; world.clock.elapsed() < deadline && down < hopeless;) {
    signal.throwIfAborted()
    const container = await world.containers.find(target)
    if (container?.state === 'running') {
      down = 0
      const found = await primary(target, world, signal)
      if (typeof found !== 'string') return found
      why = found
    } else {
      down++
      why = `its container is ${container?.state ?? 'gone'}`
    }
    await world.clock.sleep(pause, signal)
  }
  throw new Failure(
    'failed',
    'SERVER_NOT_BACK',
    `the server of "${target.name}" does not take writes: ${why}`,
    ['ops stack logs', 'ops doctor'],
  )
}

/** What a server on damaged files gets to show that it serves somebody all the same. */
const damagedPatience = 20_000

/** Starts a server on files that are known to be damaged; tells whether it takes writes. Throws the signal's reason. */
export async function startedOnDamaged(
  target: Target,
  id: string,
  world: Pick<World, 'clock' | 'containers' | 'mongo' | 'power'>,
  { signal, warn }: Pick<StepContext, 'signal' | 'warn'>,
): Promise<boolean> {
  await world.power.start(id, signal)
  try {
    const session = await untilPrimary(target, world, signal, damagedPatience)
    await session.close()
    return true
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof Failure)) throw error
    warn(`${error.message}: the damaged files are in place again, and the server is left as it is`)
    return false
  }
}

/** A session with the primary, or why there is none. */
async function primary(
  target: Target,
  { mongo }: Pick<World, 'mongo'>,
  signal: AbortSignal,
): Promise<MongoSession | string> {
  let session: MongoSession | undefined
  try {
    session = await mongo.connect(target, signal)
    if ((await session.server()).primary) return session
  } catch (error) {
    await session?.close().catch(() => undefined)
    signal.throwIfAborted()
    if (error instanceof Failure) return error.message
    throw error
  }
  await session.close()
  return 'it is not the primary'
}
