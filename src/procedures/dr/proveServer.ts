import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { MongoSession } from '../../ports/mongo.js'
import type { World } from '../../ports/world.js'
import type { StepContext } from '../plan.js'

/** What a server that was brought back showed. */
export interface ServerProof {
  readonly target: string
  readonly version: string
  readonly primary: boolean
  /** Whether a write went through; `not tried` where this user has no right to one that changes no data. */
  readonly write: 'durable' | 'not tried'
  readonly databases: readonly string[]
}

const betweenLooks = 500

/** Which server is to prove itself. */
export interface ProofRequest {
  readonly target: Target
  /** How long it has to become primary, and a majority to confirm the write. */
  readonly timeoutSeconds: number
  /** Nothing was wrong with its container: then it may well be a secondary, and another member the primary. */
  readonly wasWell: boolean
}

/**
 * Asks a server until it is primary, has it write a note into its oplog, which changes no data, and looks whether the
 * databases of its target are there: a container that was made anew may have come up beside its data. Throws
 * `SERVER_NOT_PRIMARY_YET`, `WRITE_NOT_CONFIRMED` (timed-out), `DATABASE_GONE` (integrity), what connecting throws when
 * the time is up.
 */
export async function proveServer(
  { target, timeoutSeconds, wasWell }: ProofRequest,
  world: Pick<World, 'mongo' | 'clock'>,
  { signal, detail, warn }: Pick<StepContext, 'signal' | 'detail' | 'warn'>,
): Promise<ServerProof> {
  const session = await answering(target, timeoutSeconds, wasWell, world, signal)
  try {
    const { version, primary, replicaSet } = await session.server()
    const databases = await session.databases()
    const gone = target.databases.filter((name) => !databases.includes(name))
    if (gone.length > 0) throw databasesGone(target, gone)
    const patience = timeoutSeconds * 1000
    const written =
      primary && (await session.writeNote('ops: does this server take writes?', patience))
    if (!written) warn(`${target.name}: a write was not tried: ${whyNot(primary, replicaSet)}`)
    detail(`${target.name}: MongoDB ${version}, ${databases.length.toString()} databases`)
    return {
      target: target.name,
      version,
      primary,
      write: written ? 'durable' : 'not tried',
      databases,
    }
  } finally {
    await session.close()
  }
}

function whyNot(primary: boolean, replicaSet: string | undefined): string {
  if (!primary) return 'it is a secondary, as it was'
  if (replicaSet === undefined) return 'a standalone has no oplog to write a note into'
  return 'its user has no right to a write that changes no data (appendOplogNote)'
}

/** A session with the server once it is primary, or once it answers where it need not be. */
async function answering(
  target: Target,
  timeoutSeconds: number,
  wasWell: boolean,
  { mongo, clock }: Pick<World, 'mongo' | 'clock'>,
  signal: AbortSignal,
): Promise<MongoSession> {
  const until = clock.elapsed() + timeoutSeconds * 1000
  for (;;) {
    signal.throwIfAborted()
    let session: MongoSession | undefined
    try {
      session = await mongo.connect(target, signal)
      if (wasWell || (await session.server()).primary) return session
      if (clock.elapsed() >= until) throw notPrimary(target, timeoutSeconds)
    } catch (error) {
      await session?.close()
      session = undefined
      const waits = error instanceof Failure && comesUp.has(error.code)
      if (!waits || clock.elapsed() >= until) throw error
    }
    await session?.close()
    await clock.sleep(betweenLooks, signal)
  }
}

/** Codes of what a server that is still coming up answers. */
export const comesUp: ReadonlySet<string> = new Set([
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
