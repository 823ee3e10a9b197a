import type { Target } from '../../domain/target.js'
import type { Strangers } from '../../ports/strangers.js'
import { withoutSignIn } from './connectionString.js'
import { connectedClient, type MongoWorld } from './mongo.js'
import { isUnauthorized, mongoFailure } from './mongoFailure.js'

/** Knocks with the driver, over the same way as everything else. */
export function mongoStrangers(world: MongoWorld): Strangers {
  return {
    async answered(target, signal) {
      const { client, close } = await connectedClient(await nameless(target, world), world, signal)
      try {
        // Without "authorizedDatabases" a server that asks for a sign-in refuses, instead of naming none.
        await client
          .db('admin')
          .command({ listDatabases: 1, nameOnly: true, authorizedDatabases: false })
        return true
      } catch (error) {
        if (isUnauthorized(error)) return false
        throw mongoFailure(target, error)
      } finally {
        await close().catch(() => undefined)
      }
    },
  }
}

/** The target as somebody sees it who has no name and no password. */
async function nameless(target: Target, { secrets }: MongoWorld): Promise<Target> {
  const { name, place, databases, tls, writers, expectations, engine, pointInTime } = target
  const uri = place.kind === 'server' ? withoutSignIn(await secrets.resolve(place.uri)) : undefined
  return {
    name,
    place: uri ? { kind: 'server', uri: { from: 'value', value: uri } } : place,
    databases,
    writers,
    expectations,
    engine,
    pointInTime,
    ...(tls ? { tls } : {}),
  }
}
