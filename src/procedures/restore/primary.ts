import { Failure } from '../../domain/failure.js'
import type { Target } from '../../domain/target.js'
import type { MongoSession, ServerFacts } from '../../ports/mongo.js'

/** The server of a target that is to be written to. Throws `NOT_PRIMARY` (environment) where it takes no writes. */
export async function requirePrimary(
  { name }: Target,
  session: Pick<MongoSession, 'server'>,
): Promise<ServerFacts> {
  const server = await session.server()
  if (server.primary) return server
  throw new Failure(
    'environment',
    'NOT_PRIMARY',
    `the server of "${name}" is not the primary: it takes no writes`,
    ['ops doctor', 'ops stack ps'],
  )
}
