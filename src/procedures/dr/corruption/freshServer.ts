import { fileVariable, firstUserVariables } from '../../../domain/firstUser.js'
import { Failure } from '../../../domain/failure.js'
import type { Target } from '../../../domain/target.js'
import type { ContainerFacts } from '../../../ports/engine.js'
import type { MongoSession } from '../../../ports/mongo.js'
import type { World } from '../../../ports/world.js'
import { untilPrimary } from '../../dataFiles/backUp.js'
import { optionOf } from '../../dataFiles/place.js'
import type { StepContext } from '../../plan.js'
import { initiated } from '../initiated.js'

/** Milliseconds that a server gets to begin anew and become primary; of these, so many for its stack to initiate its set. */
const patience = 180_000
const stacksTurn = 20_000

/** So many looks in a row at a container that does not run mean that it will not. */
const hopeless = 12

/** What a server on an empty data folder is started as. */
export interface FreshServer {
  readonly target: Target
  readonly container: ContainerFacts
  /** Host name and port of the only member of its set before, where that is known. */
  readonly member?: string
}

/** By these an image makes the first user of an empty data folder. */
const firstUser = firstUserVariables.flatMap(({ username }) => [username, fileVariable(username)])

/** Whether somebody could sign in to a server that begins anew in this container. */
export function hasFirstUser({ credentials }: Target, { environment }: ContainerFacts): boolean {
  return !credentials || firstUser.some((variable) => environment[variable] !== undefined)
}

/**
 * Refuses where a server on an empty data folder would let nobody in: signing in is asked for, and its container makes no user.
 * Throws `FRESH_SERVER_LOCKED` (refused).
 */
export function requireFirstUser(target: Target, container: ContainerFacts): void {
  if (hasFirstUser(target, container)) return
  throw new Failure(
    'refused',
    'FRESH_SERVER_LOCKED',
    `the server of "${target.name}" would have no user on an empty data folder: its container is given no MONGO_INITDB_ROOT_USERNAME, so that no archive could be restored into it`,
    [
      'ops backup list   (a copy of the data files needs no user)',
      'set MONGO_INITDB_ROOT_USERNAME and MONGO_INITDB_ROOT_PASSWORD of its service',
    ],
  )
}

/**
 * Waits until a server that began anew takes writes. Where it is told to be of a replica set and nobody of its stack
 * initiates that, it is made the set's only member, under the name it had. Throws `FRESH_SERVER_NOT_READY` (failed) with the
 * last reason, and the signal's reason.
 */
export async function untilFreshPrimary(
  { target, container, member }: FreshServer,
  world: Pick<World, 'clock' | 'containers' | 'mongo'>,
  context: Pick<StepContext, 'signal' | 'detail'>,
): Promise<MongoSession> {
  const name = optionOf(container.command, 'replSet')
  const deadline = world.clock.elapsed() + patience
  const { signal } = context
  try {
    if (name !== undefined)
      await initiated(
        {
          target,
          name,
          ...(member === undefined ? {} : { member }),
          headStart: stacksTurn,
          patience,
          refusals: patience,
          look: stillUp(target, world),
        },
        world,
        context,
      )
    return await untilPrimary(target, world, signal, deadline - world.clock.elapsed())
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof Failure)) throw error
    throw new Failure(
      'failed',
      'FRESH_SERVER_NOT_READY',
      `the server of "${target.name}" does not take writes on an empty data folder: ${error.message}`,
      ['ops stack logs', 'ops doctor'],
      { cause: error },
    )
  }
}

/** Throws `CONTAINER_STOPPED` (environment) once a container has not run for many looks in a row: it starts over and over, or will not. */
function stillUp(target: Target, { containers }: Pick<World, 'containers'>): () => Promise<void> {
  let down = 0
  return async () => {
    const now = await containers.find(target)
    down = now?.state === 'running' ? 0 : down + 1
    if (down < hopeless) return
    const state = now?.state ?? 'gone'
    throw new Failure('environment', 'CONTAINER_STOPPED', `its container is ${state}`, [
      'ops stack logs',
    ])
  }
}
