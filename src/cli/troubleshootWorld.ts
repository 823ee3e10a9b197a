import type { Surroundings } from '../config/surroundings.js'
import type { EngineHost } from '../ports/engineHost.js'
import type { Operations } from '../ports/operations.js'
import type { Premises } from '../ports/premises.js'
import type { World } from '../ports/world.js'
import type { TroubleshootWorld } from '../procedures/troubleshoot/request.js'
import { later } from './later.js'
import { machineWorld } from './world.js'

/** The world with what symptoms are told by, loaded when it is first asked for something. */
export function troubleshootWorld(world: World, around: Surroundings): TroubleshootWorld {
  const { client } = machineWorld(around)
  const { containers, secrets } = world
  return {
    ...world,
    premises: later<Premises>(
      async () => (await import('../adapters/host/premises.js')).thesePremises,
    ),
    engineHost: later<EngineHost>(async () => {
      const { engineHost } = await import('../adapters/docker/engineHost.js')
      return engineHost(client)
    }),
    operations: later<Operations>(async () => {
      const { operationsAdapter } = await import('../adapters/mongo/operations.js')
      return operationsAdapter({ containers, secrets, client })
    }),
  }
}
