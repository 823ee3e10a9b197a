import { Failure } from '../../../domain/failure.js'
import type { KitUser } from '../../../domain/kit.js'
import type { Target } from '../../../domain/target.js'
import type { World } from '../../../ports/world.js'
import { withSession } from '../../withSession.js'
import type { Missing } from './request.js'

/** What is known of the users of the old server. */
export interface KnownUsers {
  /** As the kit names them; absent where the user that took the backup may not see them, or the kit cannot be read. */
  readonly named?: readonly KitUser[]
  /** So many are in the archive, and were brought back with it; absent where it holds none. */
  readonly inArchive?: number
}

/**
 * Users that the old server had and this one has not. No kit holds a password, so nobody but the operator can make them. Where
 * neither kit nor archive says which there were, that is no word for none.
 */
export async function usersMissing(
  target: Target,
  { named, inArchive }: KnownUsers,
  world: World,
  signal: AbortSignal,
): Promise<readonly Missing[]> {
  if (!named && inArchive === undefined)
    return [
      {
        what: 'user',
        name: target.name,
        because: 'the kit does not say which users there were; kits hold no passwords',
        next: [which],
      },
    ]
  if (named?.length === 0) return []
  const now = await withSession(target, world, signal, (session) => session.users()).catch(
    (error: unknown) => {
      if (error instanceof Failure && error.code === 'MONGO_UNAUTHORIZED') return []
      throw error
    },
  )
  if (!named) return now.length >= (inArchive ?? 0) ? [] : [fewer(target, now.length, inArchive)]
  const there = new Set(now.map(({ user, database }) => `${user}@${database}`))
  return named
    .filter(({ user, database }) => !there.has(`${user}@${database}`))
    .map(({ user, database, roles }) => ({
      what: 'user',
      name: `${user}@${database}`,
      because: `it had the roles ${roles.join(', ')} on ${target.name}; kits hold no passwords`,
      next: [`db.getSiblingDB(${JSON.stringify(database)}).createUser(…) in mongosh`],
    }))
}

const which = 'db.getSiblingDB("admin").system.users.find() in mongosh   (which there are now)'

function fewer({ name }: Target, now: number, inArchive = 0): Missing {
  return {
    what: 'user',
    name,
    because: `${now.toString()} users can be seen, and the backup holds ${inArchive.toString()}`,
    next: [which],
  }
}
