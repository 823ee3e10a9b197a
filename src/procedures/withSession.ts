import type { Target } from '../domain/target.js'
import type { MongoSession } from '../ports/mongo.js'
import type { World } from '../ports/world.js'

/** Does something with a session of its own, which is closed whatever comes of it. Throws what connecting and `use` throw. */
export async function withSession<Answer>(
  target: Target,
  { mongo }: Pick<World, 'mongo'>,
  signal: AbortSignal,
  use: (session: MongoSession) => Promise<Answer>,
): Promise<Answer> {
  const session = await mongo.connect(target, signal)
  try {
    return await use(session)
  } finally {
    await session.close()
  }
}
