import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import type { StepContext } from '../plan.js'

/** What a server that was brought back showed. */
export interface ServerProof {
  readonly target: string
  readonly version: string
  /** Whether a write went through; `not tried` where this user has no right to one that changes no data. */
  readonly write: 'durable' | 'not tried'
  readonly databases: readonly string[]
}

const betweenLooks = 500

/**
 * Asks a server until it is primary, has it write a note into its oplog, which changes no data, and looks whether the
 * databases of its target are there: a container that was made anew may have come up beside its data. Throws
 * `SERVER_NOT_PRIMARY_YET` (timed-out), `DATABASE_GONE` (integrity), what connecting throws when the time is up.
 */
export async function proveServer(
  target: Target,
  timeoutSeconds: number,
  world: Pick<World, 'mongo' | 'clock'>,
  { signal, detail, warn }: Pick<StepContext, 'signal' | 'detail' | 'warn'>,
): Promise<ServerProof> {
  const session = await primary(target, timeoutSeconds, world, signal)
  try {
    const { version } = await session.server()
    const written = await session.writeNote('ops: is this server able to write?')
    const databases = await session.databases()
    const gone = target.databases.filter((name) => !databases.includes(name))
    if (gone.length > 0) throw databasesGone(target, gone)
    const write = written ? 'durable' : 'not tried'
    if (!written)
      warn(
        `${target.name}: whether it takes writes was not tried: its user has no right to a write that changes no data`,
      )
    detail(`${target.name}: MongoDB ${version}, primary, ${databases.length.toString()} databases`)
    return { target: target.name, version, write, databases }
  } finally {
    await session.close()
  }
}

/** A session with the server once it is primary. */
async function primary(
  target: Target,
  timeoutSeconds: number,
  { mongo, clock }: Pick<World, 'mongo' | 'clock'>,
  signal: AbortSignal,
): Promise<MongoSession> {
  const until = clock.elapsed() + timeoutSeconds * 1000
  for (;;) {
    signal.throwIfAborted()
    let session: MongoSession | undefined
    try {
      session = await mongo.connect(target, signal)
      if ((await session.server()).primary) return session
    } catch (error) {
      const waits = error instanceof Failure && comesUp.has(error.code)
      if (!waits || clock.elapsed() >= until) throw error
    }
    await session?.close()
    if (clock.elapsed() >= until) throw notPrimary(target, timeoutSeconds)
    await clock.sleep(betweenLooks, signal)
  }
}

/** What a server that is still coming up answers. */
const comesUp: ReadonlySet<string> = new Set([
  'MONGO_UNREACHABLE',
  'MONGO_NOT_READY',
  'CONTAINER_STOPPED',
])

function notPrimary({ name }: Target, timeoutSeconds: number): Failure {
  return new Failure(
    'timed-out',
    'SERVER_NOT_PRIMARY_YET',
    `the server of "${name}" answers, but was not primary within ${timeoutSeconds.toString()} s: it takes no writes`,
    ['ops doctor', 'mongosh --eval "rs.status()"'],
  )
}

function databasesGone({ name }: Target, gone: readonly string[]): Failure {
  return new Failure(
    'integrity',
    'DATABASE_GONE',
    `the server of "${name}" runs, but ${gone.join(', ')} is not there: it may have come up beside its data`,
    ['docker volume ls', 'ops backup list', 'ops restore'],
    { facts: { databases: gone } },
  )
}
